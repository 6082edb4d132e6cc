import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveQueue } from './receive-queue.ts';
import type { LinkEvent } from './serial-link.ts';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), bytes: fc.uint8Array({ maxLength: 50 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), max: fc.integer({ min: 1, max: 80 }) }) },
  fc.record({ kind: fc.constant('break' as const) }),
  fc.record({ kind: fc.constant('gap' as const), bytes: fc.nat(30) }),
  fc.record({ kind: fc.constant('discard' as const) }),
);

describe('ReceiveQueue', () => {
  it('gives bytes and events in the order in which they came, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new ReceiveQueue(1000);
        /** What is due, in order: bytes as numbers, events as their kind. */
        let due: (number | string)[] = [];
        const given: (number | string)[] = [];
        const expected: (number | string)[] = [];
        const listener = {
          readable: () => undefined,
          writable: () => undefined,
          event: (event: LinkEvent) => {
            if (event.kind !== 'break' && event.kind !== 'gap') throw new Error(`unforeseen ${event.kind}`);
            expect(event.offset).toBe(queue.readOffset - (event.kind === 'gap' ? (event.bytes ?? 0) : 0));
            given.push(event.kind);
          },
        };
        queue.listen(listener);
        const read = (max: number): number => {
          const bytes = queue.peek(max);
          given.push(...bytes);
          queue.consume(bytes.length);
          return bytes.length;
        };
        for (const action of steps) {
          if (action.kind === 'push') {
            queue.push(action.bytes);
            due.push(...action.bytes);
          } else if (action.kind === 'read') read(action.max);
          else if (action.kind === 'break') {
            queue.pushBreak();
            due.push('break');
          } else if (action.kind === 'gap') {
            queue.pushGap(action.bytes);
            due.push('gap');
          } else {
            // Both lists lose the same: the bytes and events that were due and not given.
            expected.push(...due.slice(0, given.length - expected.length));
            queue.discard();
            due = [];
            given.length = expected.length;
          }
        }
        while (read(1000) > 0);
        expect(given).toEqual([...expected, ...due]);
        expect(queue.readOffset).toBe(queue.endOffset);
      }),
    );
  });

  it('announces what waits already, and then only what is new after it was empty', () => {
    const queue = new ReceiveQueue();
    const calls: string[] = [];
    queue.push(Uint8Array.of(1));
    queue.listen({ readable: () => void calls.push('readable'), writable: () => undefined, event: () => undefined });
    expect(calls).toHaveLength(1);
    queue.push(Uint8Array.of(2));
    expect(calls).toHaveLength(1);
    queue.consume(1);
    queue.consume(1);
    queue.push(Uint8Array.of(3));
    expect(calls).toHaveLength(2);
  });

  it('announces bytes behind an event when the reader comes to it', () => {
    const queue = new ReceiveQueue();
    const seen: string[] = [];
    queue.push(Uint8Array.of(1));
    queue.pushBreak();
    queue.push(Uint8Array.of(2));
    queue.listen({
      readable: () => void seen.push('readable'),
      writable: () => undefined,
      event: (event) => void seen.push(event.kind),
    });
    expect(queue.peek(10)).toEqual(Uint8Array.of(1));
    queue.consume(1);
    expect(seen).toEqual(['readable', 'break']);
    expect(queue.peek(10)).toEqual(Uint8Array.of(2));
  });

  it('gives many small reads into one memory as one piece', () => {
    const queue = new ReceiveQueue();
    const memory = Uint8Array.from({ length: 10 }, (_, index) => index);
    for (let at = 0; at < 10; at += 1) queue.push(memory.subarray(at, at + 1));
    queue.consume(2);
    expect([...queue.peek(100)]).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('refuses to consume more than there is', () => {
    const queue = new ReceiveQueue();
    queue.push(Uint8Array.of(1));
    expect(() => queue.consume(2)).toThrow(RangeError);
  });

  it('goes on behind what was discarded, also where that lies beyond what has come', () => {
    const queue = new ReceiveQueue(10);
    queue.push(Buffer.from('void'));
    queue.pushBreak();
    queue.discard(1000);
    expect([queue.readOffset, queue.endOffset, queue.queuedBytes]).toEqual([1000, 1000, 0]);
    queue.push(Buffer.from('new'));
    expect(Buffer.from(queue.peek(10)).toString()).toBe('new');
    expect(queue.endOffset).toBe(1003);
  });
});
