import { type Clock, oneForEachClock } from './clock.ts';

/** How long what streams is gathered, in milliseconds. */
export const tickMs = 3;

/** Moments that several have in common: what they send then leaves in one write. */
export class SharedTicks {
  readonly #clock: Clock;
  #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `run` once at the next tick, `tickMs` from now at the latest; what is returned cancels it. `run` must not throw. */
  next(run: () => void): () => void {
    const waiting = this.#waiting;
    if (waiting.size === 0) this.#clock.after(tickMs, () => this.#tick());
    waiting.add(run);
    return () => waiting.delete(run);
  }

  #tick(): void {
    const due = this.#waiting;
    this.#waiting = new Set();
    for (const run of due) run();
  }
}

/** Those of all who have this clock. */
export const ticksOf = oneForEachClock((clock) => new SharedTicks(clock));
