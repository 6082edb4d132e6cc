import { type LinkEvent, ReceiveQueue } from '@sercli/link';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Received, ReceivedSources } from './received-sources.ts';

/** What one session receives: bytes, and what stands among them. */
class Session implements Received {
  readonly #queue: ReceiveQueue;

  constructor(start: number, sources: ReceivedSources) {
    this.#queue = new ReceiveQueue(start);
    sources.add(this);
    this.#queue.listen({
      readable: () => undefined,
      writable: () => undefined,
      event: (event) => 'offset' in event && event.kind !== 'drained' && sources.place(this, event),
    });
  }

  get readOffset(): number {
    return this.#queue.readOffset;
  }
  get receivedOffset(): number {
    return this.#queue.endOffset;
  }
  peek(maxBytes: number): Uint8Array {
    return this.#queue.peek(maxBytes);
  }
  consume(bytes: number): void {
    this.#queue.consume(bytes);
  }
  receive(what: Uint8Array | 'break' | number): void {
    if (what === 'break') this.#queue.pushBreak();
    else if (typeof what === 'number') this.#queue.pushGap(what);
    else this.#queue.push(what);
  }
}

const step = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 9 }),
  fc.constant('break' as const),
  fc.integer({ min: 1, max: 50 }),
  fc.record({ nextSessionFrom: fc.nat(1_000) }),
  fc.record({ readUpTo: fc.integer({ min: 1, max: 12 }) }),
);

describe('what several sessions receive', () => {
  it('is one stream, with events at their places and offsets that go on', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const got: (number | string)[] = [];
        const sources = new ReceivedSources((event: LinkEvent) => {
          if (!('offset' in event)) throw new Error(event.kind);
          got.push(event.kind === 'gap' ? `gap ${event.bytes} at ${event.offset}` : `break at ${event.offset}`);
        });
        const wanted: (number | string)[] = [];
        let session = new Session(0, sources);
        let offset = 0;
        const read = (maxBytes: number): number => {
          const bytes = sources.peek(maxBytes);
          got.push(...bytes);
          sources.consume(bytes.length);
          return bytes.length;
        };
        sources.begin();
        for (const each of steps) {
          if (each instanceof Uint8Array) {
            session.receive(each);
            wanted.push(...each);
            offset += each.length;
          } else if (each === 'break') {
            session.receive(each);
            wanted.push(`break at ${offset}`);
          } else if (typeof each === 'number') {
            session.receive(each);
            wanted.push(`gap ${each} at ${offset}`);
            offset += each;
          } else if ('readUpTo' in each) read(each.readUpTo);
          else session = new Session(each.nextSessionFrom, sources);
        }
        while (read(7) > 0);
        expect(got).toEqual(wanted);
        expect(sources.readOffset).toBe(offset);
      }),
    );
  });

  it('waits with its events until somebody listens, and drops what ended sessions have left where that is wanted', () => {
    const events: LinkEvent[] = [];
    const sources = new ReceivedSources((event) => events.push(event));
    const first = new Session(100, sources);
    first.receive('break');
    expect(events).toEqual([]);
    sources.begin();
    expect(events).toEqual([{ kind: 'break', offset: 100 }]);
    first.receive(Uint8Array.of(1, 2, 3));
    const second = new Session(7, sources);
    second.receive(Uint8Array.of(4, 5));
    sources.discard();
    expect(sources.readOffset).toBe(103);
    expect([...sources.peek(10)]).toEqual([4, 5]);
  });
});
