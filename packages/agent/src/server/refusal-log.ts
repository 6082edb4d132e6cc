import { defaultAgentLimits } from '@sercli/protocol';
import type { Logger } from '../logger.ts';

/** How long nothing more is said of an address, in milliseconds. */
const quietMs = 60_000;
/** Tells who was refused before saying anything. How often strangers knock is up to them, so each is told once a minute. */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** When each was told last, the longest ago first. */
  readonly #told = new Map<string, number>();

  /** @param now a clock in milliseconds */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  tell(address: string, reason: string): void {
    const now = this.#now();
    for (const [told, at] of this.#told) {
      if (now - at < quietMs) break;
      this.#told.delete(told);
    }
    if (this.#told.has(address) || this.#told.size >= defaultAgentLimits.toldAddresses) return;
    this.#told.set(address, now);
    this.#logger.warn({ address }, `refused ${address}: ${reason}`);
  }
}
