import fc from 'fast-check';
import { cutBytes } from './byte-sequences.ts';

/** Bytes among which the escape of telnet and nullmodem, and what gives it a meaning, are frequent. */
export const escapeRichBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 255 }) },
      { weight: 2, arbitrary: fc.constant(255) },
      { weight: 1, arbitrary: fc.integer({ min: 240, max: 254 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 7, 44) },
    ),
    { maxLength: 200 },
  )
  .map((bytes) => Uint8Array.from(bytes));

export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 6,
});

/** Gives the bytes to `receive` in chunks of these sizes, in turn and over again. */
export function feed(bytes: Uint8Array, sizes: readonly number[], receive: (chunk: Uint8Array) => void): void {
  for (const chunk of cutBytes(bytes, sizes)) receive(chunk);
}

/** Pseudo random numbers that are the same in each run (xorshift32; Marsaglia, "Xorshift RNGs", 2003). */
export function randomSource(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A fuzzer's input: noise, mostly of bytes that mean something. */
export function escapeRichNoise(random: (below: number) => number): Uint8Array {
  const bytes = new Uint8Array(1 + random(24));
  for (let at = 0; at < bytes.length; at += 1) {
    const kind = random(8);
    if (kind < 3) bytes[at] = 255;
    else if (kind < 5) bytes[at] = 240 + random(15);
    else if (kind === 5) bytes[at] = 44;
    else if (kind === 6) bytes[at] = random(20);
    else bytes[at] = random(256);
  }
  return bytes;
}
