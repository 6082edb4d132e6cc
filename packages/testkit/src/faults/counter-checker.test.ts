import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteRange, totalBytes } from './byte-ranges.ts';
import { CounterChecker, isFlawless, type StreamReport } from './counter-checker.ts';
import { CounterStream, windowBytes } from './counter-stream.ts';

const stream = new CounterStream(7);
const spanBytes = 4000;
const start = fc.nat(2 ** 33);

describe('a counter stream', () => {
  it('tells by any eight bytes where they stand', () => {
    fc.assert(
      fc.property(start, fc.nat(), (position, seed) => {
        const numbered = new CounterStream(seed);
        expect(numbered.locate(numbered.bytes(position, windowBytes), 0)).toBe(position);
      }),
    );
  });

  it('has nothing in common with one of another seed', () => {
    const other = new CounterStream(8);
    const bytes = other.bytes(0, 100_000);
    let found = 0;
    for (let at = 0; at < bytes.length; at += 1) if (stream.locate(bytes, at) !== undefined) found += 1;
    expect(found).toBe(0);
  });
});

describe('the checker of a counter stream', () => {
  it('has nothing to say of a whole one, however it is cut', () => {
    checkAll(fc.constant([]), () => ({}));
  });

  it('says exactly what is missing', () => {
    const removed = fc.tuple(fc.nat(spanBytes - 1), fc.integer({ min: 1, max: 500 }));
    checkAll(removed, ([offset, wanted], position) => {
      const length = Math.min(wanted, spanBytes - offset);
      const before = piece(position, 0, offset);
      const after = piece(position, offset + length, spanBytes);
      const hole = { offset: position + offset, length };
      return { bytes: [before, after], lost: [offset + length === spanBytes ? hole : stream.seenHole(hole)] };
    });
  });

  it('says exactly what came twice', () => {
    const doubled = fc.tuple(fc.nat(spanBytes - 1), fc.integer({ min: 1, max: 500 }));
    checkAll(doubled, ([offset, wanted], position) => {
      const end = Math.min(offset + wanted, spanBytes);
      const shift = equalBytes(position + end, position + offset);
      fc.pre(end + shift < spanBytes);
      return {
        bytes: [piece(position, 0, end), piece(position, offset, spanBytes)],
        doubled: [{ offset: position + offset + shift, length: end - offset }],
      };
    });
  });

  it('says exactly what came late', () => {
    const lengths = fc.integer({ min: windowBytes, max: 500 });
    const swapped = fc.tuple(fc.nat(spanBytes - 1100), lengths, lengths);
    checkAll(swapped, ([offset, one, other], position) => {
      const [middle, end] = [offset + one, offset + one + other];
      // Where two neighbours are the same by chance, other readings are as right as this one.
      for (const [here, there] of [
        [offset, middle],
        [end, offset],
        [middle, end],
      ] as const) {
        fc.pre(equalBytes(position + here, position + there) === 0);
      }
      return {
        bytes: [
          piece(position, 0, offset),
          piece(position, middle, end),
          piece(position, offset, middle),
          piece(position, end, spanBytes),
        ],
        outOfOrder: [{ offset: position + offset, length: one }],
      };
    });
  });

  it('says exactly which byte was changed', () => {
    checkAll(fc.tuple(fc.nat(spanBytes - 1), fc.integer({ min: 1, max: 255 })), ([offset, change], position) => {
      const bytes = piece(position, 0, spanBytes);
      bytes[offset] = (bytes[offset] ?? 0) ^ change;
      return {
        bytes: [bytes],
        lost: [{ offset: position + offset, length: 1 }],
        foreign: [{ offset, length: 1 }],
      };
    });
  });

  it('accounts for every byte of whatever comes', () => {
    const place = fc.tuple(fc.nat(spanBytes - 1), fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(fc.array(fc.oneof(place, fc.uint8Array({ maxLength: 20 }))), (pieces) => {
        const checker = new CounterChecker(stream);
        for (const part of pieces) checker.take(part instanceof Uint8Array ? part : stream.bytes(...part));
        const { receivedBytes, lost, doubled, foreign } = checker.report();
        expect(receivedBytes).toBe(checker.position - totalBytes(lost) + totalBytes(doubled) + totalBytes(foreign));
      }),
    );
  });

  it('is cheap: 32 MB in less than a second', () => {
    const checker = new CounterChecker(stream);
    const chunk = new Uint8Array(4096);
    const begin = performance.now();
    for (let position = 0; position < 32_000_000; position += chunk.length) {
      stream.fill(chunk, position);
      checker.take(chunk);
    }
    expect(performance.now() - begin).toBeLessThan(1000);
    expect(isFlawless(checker.report())).toBe(true);
  });
});

type Expected = Partial<Record<'lost' | 'doubled' | 'outOfOrder' | 'foreign', ByteRange[]>> & { bytes?: Uint8Array[] };

/** Makes a stream with the fault, gives it to a checker in pieces of any size, and compares what that reports. */
function checkAll<T>(faults: fc.Arbitrary<T>, make: (fault: T, position: number) => Expected): void {
  fc.assert(
    fc.property(start, faults, fc.integer({ min: 1, max: 700 }), (position, fault, chunkBytes) => {
      const { bytes = [piece(position, 0, spanBytes)], ...expected } = make(fault, position);
      const whole = Buffer.concat(bytes);
      const checker = new CounterChecker(stream, position);
      for (let at = 0; at < whole.length; at += chunkBytes) checker.take(whole.subarray(at, at + chunkBytes));
      const report: StreamReport = checker.report(position + spanBytes);
      expect(report).toEqual({
        receivedBytes: whole.length,
        lost: [],
        doubled: [],
        outOfOrder: [],
        foreign: [],
        ...expected,
      });
      expect(isFlawless(report)).toBe(Object.keys(expected).length === 0);
    }),
    { numRuns: 300 },
  );
}

function piece(position: number, from: number, to: number): Uint8Array {
  return stream.bytes(position + from, to - from);
}

/** How many bytes are the same at two places. */
function equalBytes(one: number, other: number): number {
  return stream.matchingBytes(stream.bytes(one, 16), 0, other);
}
