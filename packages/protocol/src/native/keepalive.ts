import type { Limits } from '../limits.ts';

/** When the peer was heard last, when it is pinged next, and how long its answers take. */
export class Keepalive {
  readonly #limits: Limits;
  #heardAt: number;
  #pingAt: number;
  #number = 0;
  #sentAt = 0;
  #roundTripMs = 0;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#heardAt = now;
    this.#pingAt = now + limits.pingMs;
  }

  /** Milliseconds of the last ping's round trip; 0 before the first. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** When the next ping is due. */
  get pingAt(): number {
    return this.#pingAt;
  }

  /** When the peer counts as dead unless something comes before. */
  get deadAt(): number {
    return this.#heardAt + this.#limits.deadMs;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** The number of a ping that is sent now. */
  ping(now: number): number {
    this.#number = (this.#number + 1) % 2 ** 32;
    this.#sentAt = now;
    this.#pingAt = now + this.#limits.pingMs;
    return this.#number;
  }

  pong(number: number, now: number): void {
    if (number === this.#number) this.#roundTripMs = now - this.#sentAt;
  }
}
