import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBytes, patternBytes } from '../testing/byte-sequences.ts';
import { RetainedBytes } from './retained-bytes.ts';

/** All bytes from `offset` to `end`, view by view. */
function read(retained: RetainedBytes, offset: number, end: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = offset; at < end; ) {
    const part = retained.view(at, end - at).slice();
    if (part.length === 0) throw new Error(`byte ${at} is not there`);
    parts.push(part);
    at += part.length;
  }
  return joinBytes(parts);
}

describe('retained bytes', () => {
  it('are a copy', () => {
    const retained = new RetainedBytes();
    const bytes = patternBytes(0, 0, 10);
    retained.append(0, bytes);
    bytes.fill(0);
    expect(read(retained, 0, 10)).toEqual(patternBytes(0, 0, 10));
  });

  it('give at most what is asked for', () => {
    const retained = new RetainedBytes();
    retained.append(7, patternBytes(0, 7, 100));
    expect(retained.view(20, 5)).toEqual(patternBytes(0, 20, 5));
    expect(retained.view(107, 5)).toHaveLength(0);
  });

  it('have nothing where bytes were skipped', () => {
    const retained = new RetainedBytes();
    retained.append(0, patternBytes(0, 0, 10));
    retained.append(50, patternBytes(0, 50, 10));
    expect(retained.view(10, 100)).toHaveLength(0);
    expect(read(retained, 50, 60)).toEqual(patternBytes(0, 50, 10));
  });

  it('are what was appended and not forgotten, whatever the order', () => {
    const steps = fc.array(
      fc.record({ skip: fc.oneof(fc.constant(0), fc.nat(20_000)), bytes: fc.nat(40_000), forget: fc.nat(60_000) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.nat(1000), steps, (start, turns) => {
        const retained = new RetainedBytes();
        let [end, forgotten] = [start, start];
        let spans: { from: number; to: number }[] = [];
        for (const { skip, bytes, forget } of turns) {
          retained.append(end + skip, patternBytes(3, end + skip, bytes));
          spans.push({ from: end + skip, to: end + skip + bytes });
          end += skip + bytes;
          forgotten = Math.min(end, forgotten + forget);
          retained.forget(forgotten);
          spans = spans.filter(({ to }) => to > forgotten);
          for (const { from, to } of spans) {
            const first = Math.max(from, forgotten);
            expect(Buffer.compare(read(retained, first, to), patternBytes(3, first, to - first))).toBe(0);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('take little more memory than they have bytes, however often bytes are skipped', () => {
    const retained = new RetainedBytes();
    for (let offset = 0; offset < 20_000; offset += 2) retained.append(offset, patternBytes(0, offset, 1));
    const memories = new Set(
      Array.from({ length: 10_000 }, (_, index) => retained.view(2 * index, 1).buffer as ArrayBuffer),
    );
    const bytes = [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes).toBeLessThan(10_000 + 2 * 16_384);
  });
});
