/** Milliseconds between two looks at the clock. */
const tickMs = 2;

/**
 * A line that has been idle, or a process that was kept from running, does not make up for it: no more than this many
 * milliseconds' worth of bytes comes at once.
 */
const burstMs = 5;

/** Lets bytes pass at a rate, by the real clock. */
export class Pace {
  /** Bytes per second. */
  readonly rate: number;
  #timer: NodeJS.Timeout | undefined;
  #at = 0;
  #dueBytes = 0;

  constructor(rate: number) {
    this.rate = rate;
  }

  /** @param move moves up to `dueBytes` bytes now, and says how many it has moved */
  start(move: (dueBytes: number) => number): void {
    if (this.#timer !== undefined) return;
    this.#at = performance.now();
    this.#timer = setInterval(() => {
      this.#refill(performance.now());
      const due = Math.floor(this.#dueBytes);
      if (due > 0) this.#dueBytes -= move(due);
    }, tickMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#dueBytes = 0;
  }

  #refill(now: number): void {
    const most = Math.max(1, (this.rate * burstMs) / 1000);
    this.#dueBytes = Math.min(most, this.#dueBytes + (this.rate * (now - this.#at)) / 1000);
    this.#at = now;
  }
}
