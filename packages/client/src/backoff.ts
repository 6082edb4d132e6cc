/** The first wait before trying again, and the longest, in milliseconds. */
const firstMs = 250;
const longestMs = 5_000;

/** Waits between tries: twice as long each time up to 5 s, with jitter so that the clients of a restarted agent do not come all at once. */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** @param random gives numbers from 0 to 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Whole milliseconds to wait before the next try. */
  next(): number {
    const ms = Math.min(firstMs * 2 ** this.#tries, longestMs);
    this.#tries += 1;
    return Math.round(ms * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#tries = 0;
  }
}
