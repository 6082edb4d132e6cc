import { within } from '../within.ts';
import { CounterChecker, type StreamReport } from './counter-checker.ts';
import type { CounterStream } from './counter-stream.ts';

interface Waiter {
  readonly position: number;
  readonly resolve: () => void;
}

/** Where a counter stream ends up: checks it, tells how far it has come and how long nothing came. */
export class CounterSink {
  readonly #name: string;
  readonly #checker: CounterChecker;
  #waiters: Waiter[] = [];
  #lastAt: number | undefined;
  #longestPauseMs = 0;

  /**
   * @param name for error messages
   * @param start where in the stream the first byte stands
   */
  constructor(name: string, stream: CounterStream, start = 0) {
    this.#name = name;
    this.#checker = new CounterChecker(stream, start);
  }

  /** Behind the last byte of the stream that came. */
  get position(): number {
    return this.#checker.position;
  }

  get receivedBytes(): number {
    return this.#checker.receivedBytes;
  }

  /** The longest time between two arrivals, in milliseconds. */
  get longestPauseMs(): number {
    return this.#longestPauseMs;
  }

  take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const now = performance.now();
    this.#longestPauseMs = Math.max(this.#longestPauseMs, now - (this.#lastAt ?? now));
    this.#lastAt = now;
    this.#checker.take(bytes);
    if (this.#waiters.length === 0) return;
    const reached = this.#waiters.filter(({ position }) => position <= this.position);
    this.#waiters = this.#waiters.filter(({ position }) => position > this.position);
    for (const { resolve } of reached) resolve();
  }

  /**
   * Resolves when every byte before `position` has come, or a later one has.
   *
   * @throws Error that says how far it came when that takes longer than `timeoutMs`
   */
  async reached(position: number, timeoutMs: number): Promise<void> {
    if (this.position >= position) return;
    const reached = new Promise<void>((resolve) => this.#waiters.push({ position, resolve }));
    await within(reached, timeoutMs, `byte ${position} at ${this.#name}`).catch((error: unknown) => {
      throw new Error(`${this.#name} is at byte ${this.position} of ${position}`, { cause: error });
    });
  }

  /** Resolves when `bytes` more of the stream have come. */
  moved(bytes: number, timeoutMs: number): Promise<void> {
    return this.reached(this.position + bytes, timeoutMs);
  }

  /** @param end how many bytes were sent */
  report(end?: number): StreamReport {
    return this.#checker.report(end);
  }
}
