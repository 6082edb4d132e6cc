/** Bytes in the order they came, joined only when somebody asks for them. */
export class ByteLog {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Keeps a copy: the memory may be reused afterwards. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Not slice: that of a Buffer is a view.
    this.#chunks.push(new Uint8Array(bytes));
    this.#length += bytes.length;
  }

  /** All bytes from `offset` on. */
  from(offset = 0): Uint8Array {
    const all = new Uint8Array(this.#length);
    let place = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, place);
      place += chunk.length;
    }
    this.#chunks.splice(0, this.#chunks.length, all);
    return all.subarray(offset);
  }
}

/** `length` bytes in which every value occurs and no stretch repeats soon; the same seed gives the same bytes. */
export function patternBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let index = 0; index < length; index += 1) {
    // xorshift32 (Marsaglia, "Xorshift RNGs", 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** Where two byte sequences differ first, in words; undefined if they are the same. Cheap for megabytes. */
export function firstDifference(actual: Uint8Array, expected: Uint8Array): string | undefined {
  const shorter = Math.min(actual.length, expected.length);
  for (let index = 0; index < shorter; index += 1) {
    if (actual[index] !== expected[index]) return `byte ${index} is ${actual[index]}, not ${expected[index]}`;
  }
  return actual.length === expected.length ? undefined : `${actual.length} bytes instead of ${expected.length}`;
}
