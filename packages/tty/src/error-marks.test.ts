import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorMarkDecoder } from './error-marks.ts';
import { PolledFd } from './polled-fd.ts';
import { closeFd, libc } from './system-calls.ts';
import { hasErrorMarks, readTermios, withErrorMarks, writeTermios } from './termios.ts';
import { openRawPty } from './testing/raw-pty.ts';

/** What came over a line: bytes, bytes with an error, breaks. */
type Came = { readonly kind: 'byte' | 'error'; readonly byte: number } | { readonly kind: 'break' };

/** As the kernel gives it with PARMRK (n_tty_receive_char and its neighbours in drivers/tty/n_tty.c). */
function marked(came: readonly Came[]): number[] {
  return came.flatMap((one) => {
    if (one.kind === 'break') return [0xff, 0, 0];
    if (one.kind === 'error') return [0xff, 0, one.byte];
    return one.byte === 0xff ? [0xff, 0xff] : [one.byte];
  });
}

/** What the decoder says of these chunks. A mark of 0 is a break. */
function decode(chunks: readonly Uint8Array[]): Came[] {
  const decoder = new ErrorMarkDecoder();
  const found: Came[] = [];
  let isError = false;
  for (const chunk of chunks) {
    decoder.decode(chunk, {
      bytes: (bytes) => {
        for (const byte of bytes) {
          found.push({ kind: isError ? 'error' : 'byte', byte });
          isError = false;
        }
      },
      mark: (byte) => {
        if (byte === 0) found.push({ kind: 'break' });
        isError = byte !== 0;
        return isError;
      },
    });
  }
  return found;
}

const byte = fc.oneof(fc.nat(255), fc.constantFrom(0xff, 0, 0xfe, 1));
const came = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('byte' as const), byte }) },
    fc.record({ kind: fc.constant('error' as const), byte: byte.filter((value) => value !== 0) }),
    fc.constant({ kind: 'break' as const }),
  ),
  { maxLength: 200 },
);

describe('error marks', () => {
  it('are read in any chunks, and what came between them is as it was', () => {
    fc.assert(
      fc.property(came, fc.array(fc.integer({ min: 1, max: 12 })), (line, lengths) => {
        const bytes = marked(line);
        const chunks: Uint8Array[] = [];
        for (const length of [...lengths, bytes.length]) {
          if (bytes.length > 0) chunks.push(Uint8Array.from(bytes.splice(0, length)));
        }
        expect(decode(chunks)).toEqual(line);
      }),
    );
  });

  it('cost no copy where there are none', () => {
    const chunk = Uint8Array.from([1, 2, 0xfe, 0]);
    const got: Uint8Array[] = [];
    new ErrorMarkDecoder().decode(chunk, { bytes: (bytes) => got.push(bytes), mark: () => true });
    expect(got).toHaveLength(1);
    expect(got[0]).toBe(chunk);
  });

  it('leave pieces of one chunk beside each other, so that they are one again for who reads them', () => {
    const chunk = Uint8Array.from([1, 0xff, 0xff, 2, 0xff, 0, 3, 4, 0xff, 0, 0, 5]);
    const got: Uint8Array[] = [];
    const marks: number[] = [];
    new ErrorMarkDecoder().decode(chunk, {
      bytes: (bytes) => got.push(bytes),
      mark: (value) => {
        marks.push(value);
        return value !== 0;
      },
    });
    expect(got.map((bytes) => [bytes.byteOffset - chunk.byteOffset, [...bytes]])).toEqual([
      [0, [1, 0xff, 2]],
      [3, [3, 4]],
      [5, [5]],
    ]);
    expect(marks).toEqual([3, 0]);
  });

  it('keep an ff that stands for itself', () => {
    expect(decode([Uint8Array.of(1, 0xff), Uint8Array.of(7)])).toEqual(
      [1, 0xff, 7].map((value) => ({ kind: 'byte', byte: value })),
    );
  });

  it('are what the kernel makes of every byte', async () => {
    const { ptmx, pts } = openRawPty();
    writeTermios(pts, withErrorMarks(readTermios(pts)), 'now');
    expect(hasErrorMarks(readTermios(pts))).toBe(true);
    const sent = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
    expect(libc().write(ptmx, sent, sent.length)).toBe(sent.length);
    const decoder = new ErrorMarkDecoder();
    const got: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const watched = new PolledFd(pts, {
        readable: () => {
          const memory = new Uint8Array(100);
          const chunk = memory.subarray(0, watched.read(memory));
          decoder.decode(chunk, { bytes: (bytes) => got.push(...bytes), mark: () => false });
          if (got.length < sent.length) return;
          watched.close();
          resolve();
        },
        writable: () => undefined,
        failed: reject,
      });
      watched.setInterest({ readable: true, writable: false });
    });
    closeFd(ptmx);
    expect(got).toEqual([...sent]);
  });
});
