import type { Logger } from '../logger.ts';
import { ToldAddresses } from './told-addresses.ts';

/** Tells who was refused before saying anything. */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #told: ToldAddresses;

  /** @param now a clock in milliseconds */
  constructor(logger: Logger, now?: () => number) {
    this.#logger = logger;
    this.#told = new ToldAddresses(now);
  }

  tell(address: string, reason: string): void {
    if (this.#told.add(address)) this.#logger.warn({ address }, `refused ${address}: ${reason}`);
  }
}
