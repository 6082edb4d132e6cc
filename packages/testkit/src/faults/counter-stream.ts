import type { ByteRange } from './byte-ranges.ts';

/** So many bytes in a row tell where in the stream they stand. */
export const windowBytes = 8;

const wordBytes = 4;
/** Words are numbered in 32 bits. */
const endOfStream = wordBytes * 2 ** 32;

/**
 * An endless stream of bytes in which any eight in a row tell where they stand: word k is a permutation of the 32-bit
 * number k, so a word gives its number back, and the four bytes beside it confirm that they belong there.
 */
export class CounterStream {
  readonly #seed: number;

  /** Streams of different seeds have no eight bytes in common. */
  constructor(seed = 1) {
    this.#seed = Math.imul(seed, 0x9e3779b1) | 1;
  }

  /** Writes the bytes from `position` on into all of `into`. */
  fill(into: Uint8Array, position: number): void {
    let number = Math.floor(position / wordBytes);
    let place = position % wordBytes;
    let word = this.#word(number);
    for (let index = 0; index < into.length; index += 1) {
      into[index] = word >>> (8 * place);
      place += 1;
      if (place < wordBytes) continue;
      place = 0;
      number += 1;
      word = this.#word(number);
    }
  }

  /** `length` bytes from `position` on. */
  bytes(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.fill(bytes, position);
    return bytes;
  }

  /** How many of the bytes from `at` on are those of the stream from `position` on. */
  matchingBytes(bytes: Uint8Array, at: number, position: number): number {
    let number = Math.floor(position / wordBytes);
    let place = position % wordBytes;
    let word = this.#word(number);
    for (let index = at; index < bytes.length; index += 1) {
      if (bytes[index] !== ((word >>> (8 * place)) & 0xff)) return index - at;
      place += 1;
      if (place < wordBytes) continue;
      place = 0;
      number += 1;
      word = this.#word(number);
    }
    return bytes.length - at;
  }

  /** Where the eight bytes from `at` on stand in the stream; undefined if nowhere, or if there are fewer than eight. */
  locate(bytes: Uint8Array, at: number): number | undefined {
    const window = bytes.subarray(at, at + windowBytes);
    if (window.length < windowBytes) return undefined;
    for (let place = 0; place < wordBytes; place += 1) {
      const position = wordBytes * this.#numberOf(wordAt(window, place)) - place;
      if (position < 0 || position + windowBytes > endOfStream) continue;
      if (this.matchingBytes(window, 0, position) === windowBytes) return position;
    }
    return undefined;
  }

  /**
   * Where a hole seems to be when what stands behind it has come: one time in 256 that begins as the hole does, and then
   * the hole seems to begin and to end so many bytes later. Nobody can tell the difference.
   */
  seenHole({ offset, length }: ByteRange): ByteRange {
    return { offset: offset + this.matchingBytes(this.bytes(offset + length, windowBytes), 0, offset), length };
  }

  // The finaliser of MurmurHash3 (Appleby, public domain) with a seed in the middle: every step can be undone.
  #word(number: number): number {
    let word = number ^ (number >>> 16);
    word = Math.imul(word, 0x85ebca6b) ^ this.#seed;
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  }

  /** Undoes `#word`: the multipliers are the inverses modulo 2^32. */
  #numberOf(word: number): number {
    let number = Math.imul(word ^ (word >>> 16), 0x7ed1b41d);
    number ^= (number >>> 13) ^ (number >>> 26);
    number = Math.imul(number ^ this.#seed, 0xa5cb9243);
    return (number ^ (number >>> 16)) >>> 0;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0;
  for (let index = wordBytes - 1; index >= 0; index -= 1) word = (word << 8) | (bytes[at + index] ?? 0);
  return word >>> 0;
}
