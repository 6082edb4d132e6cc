const minuteMs = 60_000;

/** What is left for an address to ask for; it fills up again with the time. */
interface Allowance {
  readonly requests: number;
  readonly at: number;
}

/** How often each address asks to be let in: people read the requests, and strangers could make them read for ever. */
export class AdmissionRate {
  readonly #perMinute: number;
  readonly #mostSources: number;
  readonly #now: () => number;
  /** Those that have asked, the longest ago first. */
  readonly #allowances = new Map<string, Allowance>();

  /**
   * @param perMinute requests of one address, at once or in a minute
   * @param mostSources addresses that are counted; of more, those heard of the longest ago begin anew
   * @param now a clock in milliseconds
   */
  constructor(perMinute: number, mostSources: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#mostSources = mostSources;
    this.#now = now;
  }

  /** Counts one more request from `source`, see `sourceOf`; false, and not counted, if it has asked too often. */
  take(source: string): boolean {
    const at = this.#now();
    const before = this.#allowances.get(source) ?? { requests: this.#perMinute, at };
    const grown = before.requests + ((at - before.at) / minuteMs) * this.#perMinute;
    const left = Math.min(this.#perMinute, grown) - 1;
    if (left < 0) return false;
    this.#allowances.delete(source);
    this.#allowances.set(source, { requests: left, at });
    const [oldest = source] = this.#allowances.keys();
    if (this.#allowances.size > this.#mostSources) this.#allowances.delete(oldest);
    return true;
  }
}
