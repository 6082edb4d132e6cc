/** Numbers from 0 to below 1; the same seed gives the same ones. */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  }

  next(): number {
    // xorshift32 (Marsaglia, "Xorshift RNGs", 2003)
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of several. */
  oneOf<const T>(first: T, ...others: T[]): T {
    return others[this.between(0, others.length) - 1] ?? first;
  }
}
