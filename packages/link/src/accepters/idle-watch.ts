import type { SessionClock } from './session-clock.ts';

/** Says when nothing has happened for some time. */
export class IdleWatch {
  readonly #clock: SessionClock;
  readonly #idleMs: number;
  readonly #idled: () => void;
  #touchedAt: number;
  #cancel: () => void;

  /** @param idled is called once */
  constructor(clock: SessionClock, idleMs: number, idled: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#idled = idled;
    this.#touchedAt = clock.now();
    this.#cancel = clock.after(idleMs, () => this.#look());
  }

  /** Something happened. */
  touched(): void {
    this.#touchedAt = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const leftMs = this.#touchedAt + this.#idleMs - this.#clock.now();
    if (leftMs > 0) this.#cancel = this.#clock.after(leftMs, () => this.#look());
    else this.#idled();
  }
}
