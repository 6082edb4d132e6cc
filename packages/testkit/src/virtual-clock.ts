interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that passes only when told to. */
export class VirtualClock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  /** Calls `run` once, `ms` from now; what is returned cancels it. */
  after(ms: number, run: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Virtual time is exact anyway. */
  afterExactly(ms: number, run: () => void): () => void {
    return this.after(ms, run);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass: every timer runs at its time, in order, and promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settlePromises();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.run();
      await settlePromises();
    }
    this.#now = end;
  }

  /** Lets time pass as fast as timers and promises can follow, until what is returned is called. */
  run(): () => void {
    let isRunning = true;
    const pass = async (): Promise<void> => {
      while (isRunning) await this.advance(1);
    };
    void pass();
    return () => {
      isRunning = false;
    };
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > end) continue;
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** A turn of the event loop: every promise that can settle without I/O has settled after it. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
