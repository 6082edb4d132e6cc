import type { Limits } from '../limits.ts';

/** How finely the past is kept, in milliseconds. */
const bucketMs = 20;

/**
 * The window towards a device: what its driver took within the last `sendWindowMs`, so that about that much line time
 * is under way; at least two round trips' worth, so that a distant peer can fill it, and within the limits.
 */
export class RateWindow {
  readonly #limits: Limits;
  readonly #buckets: { readonly since: number; bytes: number }[] = [];
  #sum = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The driver took `bytes`. */
  taken(bytes: number, now: number): void {
    const last = this.#buckets.at(-1);
    if (last !== undefined && now - last.since < bucketMs) last.bytes += bytes;
    else this.#buckets.push({ since: now, bytes });
    this.#sum += bytes;
  }

  /** @param roundTripMs of the connection */
  size(now: number, roundTripMs: number): number {
    const { sendWindowMs, sendWindowMinBytes, sendWindowMaxBytes } = this.#limits;
    const spanMs = Math.max(sendWindowMs, 2 * roundTripMs);
    let first = this.#buckets[0];
    while (first !== undefined && now - first.since > spanMs) {
      this.#sum -= first.bytes;
      this.#buckets.shift();
      first = this.#buckets[0];
    }
    return Math.min(Math.max(this.#sum, sendWindowMinBytes), sendWindowMaxBytes);
  }
}
