import type { Clock } from '../devices/clock.ts';

/**
 * Finds the escape from online to command state: silence, three escape characters, silence (Hayes, US patent 4549302).
 * Data that contains +++ is no escape because it is not surrounded by silence.
 */
export class EscapeDetector {
  readonly #clock: Clock;
  readonly #escaped: () => void;
  #seen = 0;
  #lastAt: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, escaped: () => void) {
    this.#clock = clock;
    this.#escaped = escaped;
    this.#lastAt = clock.now();
  }

  /** A byte on its way to the other side; S2 above 127 turns the escape off. */
  see(byte: number, escapeCharacter: number, guardMs: number): void {
    const silenceMs = this.#clock.now() - this.#lastAt;
    this.#lastAt = this.#clock.now();
    this.#cancel();
    const isEscape = escapeCharacter <= 127 && byte === escapeCharacter;
    const isInTime = guardMs === 0 || (this.#seen === 0 ? silenceMs >= guardMs : silenceMs < guardMs);
    this.#seen = isEscape && isInTime && this.#seen < 3 ? this.#seen + 1 : 0;
    if (this.#seen === 3) this.#cancel = this.#clock.after(guardMs, this.#escaped);
  }

  /** Online again, or gone. */
  reset(): void {
    this.#cancel();
    this.#seen = 0;
    this.#lastAt = this.#clock.now();
  }
}
