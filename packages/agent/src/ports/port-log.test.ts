import type { LinkEvent } from '@sercli/link';
import { VirtualClock } from '@sercli/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCursor } from './log-cursor.ts';
import { LogMemory } from './log-memory.ts';
import { type LogPlace, PortLog } from './port-log.ts';

/** Byte `offset` of an endless stream in which every place can be told from its neighbours. */
function streamByte(offset: number): number {
  return (offset * 31 + (offset >> 8) * 7) & 0xff;
}

function streamBytes(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => streamByte(offset + index));
}

function makeLog(capacityBytes: number, memory = new LogMemory(1024 ** 3)): PortLog {
  return new PortLog({ capacityBytes, memory, clock: new VirtualClock() });
}

/** A cursor with what it gave: bytes checked against the stream, events in order. */
function reader(log: PortLog, place: LogPlace = log.endPlace) {
  let overtakings = 0;
  let announcements = 0;
  let readBytes = 0;
  const events: LinkEvent[] = [];
  const cursor = new LogCursor(log, place, () => (overtakings += 1));
  cursor.listen({ readable: () => (announcements += 1), event: (event) => void events.push(event) });
  const read = (maxBytes: number): number => {
    const bytes = cursor.peek(maxBytes);
    expect(Buffer.compare(bytes, streamBytes(cursor.offset, bytes.length))).toBe(0);
    cursor.consume(bytes.length);
    readBytes += bytes.length;
    return bytes.length;
  };
  const readAll = (): number => {
    let sum = 0;
    for (let bytes = read(1_000_000); bytes > 0; bytes = read(1_000_000)) sum += bytes;
    return sum;
  };
  const counts = () => ({ overtakings, announcements, readBytes, startedAt: place.offset });
  return { cursor, events, read, readAll, counts };
}

const reads = { who: fc.nat(2), bytes: fc.integer({ min: 1, max: 200_000 }) };
const step = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), log: fc.nat(1), bytes: fc.integer({ min: 0, max: 90_000 }) }),
  fc.record({ kind: fc.constant('place' as const), log: fc.nat(1) }),
  fc.record({ kind: fc.constant('read' as const), log: fc.nat(1), ...reads }),
  fc.record({ kind: fc.constant('restart' as const), log: fc.nat(1), who: fc.nat(2), back: fc.nat(300_000) }),
);

describe('PortLog', () => {
  it('gives each reader every byte and event in its place, or its exact gap, under any cap', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 2, max: 8 }), (steps, segments) => {
        const memory = new LogMemory(segments * 65_536);
        const logs = [200_000, 300_000].map((capacity) => {
          const log = makeLog(capacity, memory);
          return { log, placed: new Set<number>(), readers: [reader(log), reader(log), reader(log)] };
        });
        for (const action of steps) {
          const { log, placed, readers } = logs[action.log] ?? expect.fail();
          if (action.kind === 'append') log.append(streamBytes(log.endOffset, action.bytes));
          else if (action.kind === 'read') readers[action.who]?.read(action.bytes);
          else if (action.kind === 'restart') {
            readers[action.who] = reader(log, log.placeAt(Math.max(0, log.endOffset - action.back)));
          } else if (!placed.has(log.endOffset)) {
            placed.add(log.endOffset);
            log.place({ kind: 'break' });
          }
          expect(log.endOffset - log.startOffset).toBeLessThanOrEqual(log.capacityBytes);
          expect(memory.usedBytes).toBeLessThanOrEqual(memory.capacityBytes);
        }
        for (const { log, placed, readers } of logs) for (const one of readers) check(log, placed, one);
      }),
      { numRuns: 150 },
    );
  });

  /** Bytes read and bytes missed are all that came since the reader began, and it met each event among those it read. */
  function check(log: PortLog, placed: ReadonlySet<number>, one: ReturnType<typeof reader>): void {
    one.readAll();
    const { readBytes, startedAt } = one.counts();
    expect(one.cursor.offset).toBe(log.endOffset);
    let missed = 0;
    let end = startedAt;
    const isMissed = new Set<number>();
    for (const event of one.events) {
      if (event.kind !== 'gap' && event.kind !== 'break') throw new Error(`unforeseen ${event.kind}`);
      expect(event.offset).toBeGreaterThanOrEqual(end);
      end = event.offset;
      if (event.kind !== 'gap') continue;
      const { bytes = 0 } = event;
      expect(bytes).toBeGreaterThan(0);
      missed += bytes;
      end += bytes;
      for (const offset of placed) if (offset >= event.offset && offset < end) isMissed.add(offset);
    }
    expect(readBytes + missed).toBe(log.endOffset - startedAt);
    const met = one.events.flatMap((event) => (event.kind === 'break' ? [event.offset] : []));
    const expected = [...placed].filter((offset) => offset > startedAt && !isMissed.has(offset));
    expect(met.filter((offset) => offset > startedAt && !isMissed.has(offset))).toEqual(expected);
  }

  it('tells a reader once that there is something, and of its gap when it reads on', () => {
    const log = makeLog(1000);
    const { cursor, events, read, counts } = reader(log);
    for (let piece = 0; piece < 20; piece += 1) log.append(streamBytes(log.endOffset, 100));
    expect(counts()).toMatchObject({ announcements: 1, overtakings: 10 });
    expect(events).toEqual([]);
    expect(cursor.lagBytes).toBe(2000);
    expect(read(50)).toBe(50);
    expect(events).toEqual([{ kind: 'gap', offset: 0, bytes: 1000 }]);
  });

  it('keeps events in their places, never reads across them, and drops those of bytes that are gone', () => {
    const log = makeLog(1000);
    const { cursor, events, read } = reader(log);
    log.append(streamBytes(0, 10));
    log.place({ kind: 'break' });
    log.append(streamBytes(10, 10));
    log.place({ kind: 'line-error', error: 'parity' });
    expect(read(100)).toBe(10);
    expect(events).toEqual([{ kind: 'break', offset: 10 }]);
    expect(read(100)).toBe(10);
    expect(events[1]).toEqual({ kind: 'line-error', offset: 20, error: 'parity' });
    log.place({ kind: 'gap' });
    expect(events[2]).toEqual({ kind: 'gap', offset: 20, bytes: undefined });

    log.append(streamBytes(20, 5));
    log.place({ kind: 'break' });
    log.append(streamBytes(25, 1005));
    expect(read(10)).toBe(10);
    expect(events[3]).toEqual({ kind: 'gap', offset: 20, bytes: 10 });
    expect(events).toHaveLength(4);
    expect(cursor.offset).toBe(40);
  });

  it('lets a reader begin at an earlier byte, with the events from there on, or behind a gap', () => {
    const log = makeLog(1000);
    log.append(streamBytes(0, 5));
    log.place({ kind: 'break' });
    log.append(streamBytes(5, 5));
    const early = reader(log, log.placeAt(3));
    expect(early.read(100)).toBe(2);
    expect(early.events).toEqual([{ kind: 'break', offset: 5 }]);
    expect(early.read(100)).toBe(5);
    const lost = reader(log, { ...log.endPlace, isAfterGap: true } as LogPlace);
    expect(lost.events).toEqual([{ kind: 'gap', offset: 10, bytes: undefined }]);
  });

  it('lets a reader that is closed read what had come by then', () => {
    const log = makeLog(1000);
    const { cursor, events, readAll } = reader(log);
    log.append(streamBytes(0, 10));
    cursor.close();
    log.place({ kind: 'break' });
    log.append(streamBytes(10, 10));
    expect(readAll()).toBe(10);
    log.append(streamBytes(20, 2000));
    expect(readAll()).toBe(0);
    expect(events).toEqual([]);
  });

  it('keeps a bounded number of events, the newest', () => {
    const log = makeLog(1000);
    const { events, read } = reader(log);
    log.append(streamBytes(0, 1));
    for (let count = 0; count < 20_000; count += 1) log.place({ kind: 'break' });
    read(1);
    expect(events).toHaveLength(16_385);
    expect(events[0]).toEqual({ kind: 'gap', offset: 0, bytes: 1 });
  });

  it('says what came lately', async () => {
    const clock = new VirtualClock();
    const log = new PortLog({ capacityBytes: 1000, memory: new LogMemory(1e6), clock });
    log.append(streamBytes(0, 10));
    await clock.advance(5000);
    log.append(streamBytes(10, 10));
    await clock.advance(1000);
    expect(log.offsetSince(500)).toBe(20);
    expect(log.offsetSince(1000)).toBe(10);
    expect(log.offsetSince(10_000)).toBe(0);
  });

  it('takes memory as it fills', () => {
    const memory = new LogMemory(1e9);
    const log = makeLog(4 * 1024 * 1024, memory);
    expect(memory.usedBytes).toBe(0);
    log.append(streamBytes(0, 100));
    expect(memory.usedBytes).toBe(65_536);
    for (let count = 0; count < 200; count += 1) log.append(new Uint8Array(65_536));
    expect(memory.usedBytes).toBe(65 * 65_536);
    log.close();
    expect(memory.usedBytes).toBe(0);
  });
});
