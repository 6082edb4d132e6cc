import { defaultAgentLimits } from '@sercli/protocol';

/** How long nothing more is said of an address, in milliseconds. */
const quietMs = 60_000;

/** Addresses of which the log has told. How often strangers knock is up to them, so each is told of once a minute. */
export class ToldAddresses {
  readonly #now: () => number;
  /** When each was told of last, the longest ago first. */
  readonly #told = new Map<string, number>();

  /** @param now a clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether the address is to be told of now. */
  add(address: string): boolean {
    const now = this.#now();
    for (const [told, at] of this.#told) {
      if (now - at < quietMs) break;
      this.#told.delete(told);
    }
    if (this.#told.has(address) || this.#told.size >= defaultAgentLimits.toldAddresses) return false;
    this.#told.set(address, now);
    return true;
  }
}
