import type { LinkEvent } from '@sercli/link';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogCursor, PortLog } from './port-log.ts';

/** Byte `offset` of an endless stream in which every place can be told from its neighbours. */
function streamByte(offset: number): number {
  return (offset * 31 + (offset >> 8) * 7) & 0xff;
}

function streamBytes(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => streamByte(offset + index));
}

/** A cursor with what it gave: bytes checked against the stream, events in order. */
function reader(log: PortLog, offset = log.endOffset) {
  const cursor = new LogCursor(log, offset);
  const events: LinkEvent[] = [];
  cursor.listen({ readable: () => undefined, event: (event) => void events.push(event) });
  const read = (maxBytes: number): number => {
    const at = cursor.offset;
    const bytes = cursor.peek(maxBytes);
    expect(Buffer.compare(bytes, streamBytes(at, bytes.length))).toBe(0);
    cursor.consume(bytes.length);
    return bytes.length;
  };
  return { cursor, events, read };
}

describe('PortLog', () => {
  it('gives every reader the same bytes at its own pace, and its exact gap to one that is too slow', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), bytes: fc.integer({ min: 0, max: 90_000 }) }),
      fc.record({ kind: fc.constant('read' as const), who: fc.nat(2), bytes: fc.integer({ min: 1, max: 120_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const log = new PortLog(100_000);
        const readers = [reader(log), reader(log), reader(log)];
        for (const action of steps) {
          if (action.kind === 'append') log.append(streamBytes(log.endOffset, action.bytes));
          else readers[action.who]?.read(action.bytes);
        }
        expect(log.endOffset - log.startOffset).toBeLessThanOrEqual(100_000);
        for (const { cursor, events, read } of readers) {
          while (read(1_000_000) > 0);
          expect(cursor.offset).toBe(log.endOffset);
          let end = 0;
          for (const event of events) {
            if (event.kind !== 'gap') throw new Error(`unforeseen ${event.kind}`);
            expect(event.offset).toBeGreaterThanOrEqual(end);
            end = event.offset + (event.bytes ?? 0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says how much can come before the slowest reader has a gap', () => {
    const log = new PortLog(1000);
    const slow = reader(log);
    const fast = reader(log);
    log.append(streamBytes(0, 600));
    fast.read(600);
    expect(log.roomBytes).toBe(400);
    slow.read(100);
    expect(log.roomBytes).toBe(500);
    slow.cursor.close();
    expect(log.roomBytes).toBe(1000);
  });

  it('keeps events in their places, never reads across them, and drops those of bytes that are gone', () => {
    const log = new PortLog(1000);
    const { cursor, events, read } = reader(log);
    log.append(streamBytes(0, 10));
    log.place({ kind: 'break', offset: 0 });
    log.append(streamBytes(10, 10));
    log.place({ kind: 'line-error', offset: 0, error: 'parity' });
    expect(read(100)).toBe(10);
    expect(events).toEqual([{ kind: 'break', offset: 10 }]);
    expect(read(100)).toBe(10);
    expect(events[1]).toEqual({ kind: 'line-error', offset: 20, error: 'parity' });
    log.place({ kind: 'break', offset: 0 });
    expect(events[2]).toEqual({ kind: 'break', offset: 20 });

    log.append(streamBytes(20, 5));
    log.place({ kind: 'break', offset: 0 });
    log.append(streamBytes(25, 1005));
    expect(events[3]).toEqual({ kind: 'gap', offset: 20, bytes: 10 });
    expect(events).toHaveLength(4);
    expect(cursor.offset).toBe(30);
  });

  it('lets a reader begin at an earlier byte, with the events from there on', () => {
    const log = new PortLog();
    log.append(streamBytes(0, 5));
    log.place({ kind: 'break', offset: 0 });
    log.append(streamBytes(5, 5));
    const { events, read } = reader(log, 3);
    expect(read(100)).toBe(2);
    expect(events).toEqual([{ kind: 'break', offset: 5 }]);
    expect(read(100)).toBe(5);
  });
});
