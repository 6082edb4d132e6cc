import type { Limits } from '../limits.ts';

/** Between two looks at what the driver has taken, in milliseconds; a round trip where that is longer. */
const lookMs = 20;
/** So long a window that nobody fills stays as it is, in milliseconds: a pause between two blocks is not the end. */
const calmMs = 1_000;

/** How a session stands at the moment of a look. */
export interface DriverProgress {
  /** Bytes that the driver has taken so far. */
  readonly taken: number;
  /** Bytes that came and that the driver has not taken yet. */
  readonly waiting: number;
}

/**
 * The window towards a device: how many bytes may be on the way to its driver.
 *
 * All of it is still to be sent when the user presses Ctrl-C, so it follows the rate at which the driver takes bytes: two
 * to four times what it takes between two looks. A driver has a buffer of its own, which takes the first bytes at any
 * speed; that is why the window grows step by step, and only on what was taken since the last look.
 */
export class DriverWindow {
  readonly #limits: Limits;
  #bytes: number;
  #takenBefore = 0;
  #lookedAt = 0;
  /** Since the last look, bytes had to wait for the driver. */
  #wasBehind = false;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#bytes = limits.sendWindowMinBytes;
  }

  /** @param roundTripMs of the connection: what is granted now is used no earlier */
  size(now: number, roundTripMs: number, { taken, waiting }: DriverProgress): number {
    this.#wasBehind ||= waiting > 0;
    const spanMs = Math.max(lookMs, roundTripMs);
    const elapsedMs = now - this.#lookedAt;
    if (elapsedMs < spanMs) return this.#bytes;
    const bytes = taken - this.#takenBefore;
    this.#resize(this.#wasBehind ? this.#whenBehind(bytes, elapsedMs / spanMs) : this.#whenIdle(bytes, elapsedMs));
    this.#lookedAt = now;
    this.#takenBefore = taken;
    this.#wasBehind = waiting > 0;
    return this.#bytes;
  }

  /** The driver set the pace: it took `bytes` in so many spans. */
  #whenBehind(bytes: number, spans: number): number {
    const pace = bytes / spans;
    if (pace >= this.#bytes / 2) return this.#bytes * 2;
    return Math.min(this.#bytes, Math.max(4 * pace, this.#bytes / 2 ** Math.floor(spans)));
  }

  /** The driver took all there was at once: the window, or whoever writes, set the pace. */
  #whenIdle(bytes: number, elapsedMs: number): number {
    if (bytes >= this.#bytes / 2) return this.#bytes * 2;
    return this.#bytes / 2 ** Math.floor(elapsedMs / calmMs);
  }

  #resize(bytes: number): void {
    const { sendWindowMinBytes, sendWindowMaxBytes } = this.#limits;
    this.#bytes = Math.min(Math.max(Math.floor(bytes), sendWindowMinBytes), sendWindowMaxBytes);
  }
}
