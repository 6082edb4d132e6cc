import { type SerialTty, TtyError } from '@sercli/tty';
import type { Clock } from './clock.ts';

/** Characters in a UART itself, which its driver does not count (16550A). */
const fifoCharacters = 16;

/** How many of the written bytes have not left the hardware yet. */
export class UnsentBytes {
  readonly #clock: Clock;
  readonly #tty: Pick<SerialTty, 'unsentBytes' | 'isTransmitterEmpty'>;
  readonly #characterMs: () => number;
  /** Bytes written since the hardware was last known to be empty. */
  #written = 0;
  /** How many had not left at the time `#since`, if nothing has held them before. */
  #left = 0;
  #since = 0;
  /**
   * Whether the driver has ever said that the hardware is empty: only then is it believed that it is not. Ftdi_sio says
   * what the adapter told it last, up to 16 ms ago, or nothing yet.
   */
  #knowsEnd = false;

  /** @param characterMs how long one character takes on the line */
  constructor(clock: Clock, tty: Pick<SerialTty, 'unsentBytes' | 'isTransmitterEmpty'>, characterMs: () => number) {
    this.#clock = clock;
    this.#tty = tty;
    this.#characterMs = characterMs;
  }

  wrote(bytes: number): void {
    this.#written += bytes;
    this.#leftNow(this.#estimate + bytes);
  }

  /** Those in the driver were discarded; what the hardware has goes on. */
  discarded(): void {
    this.#leftNow(Math.min(fifoCharacters, this.#estimate));
  }

  /** Undefined when the device is gone. What is in the hardware is estimated, but not whether anything is. */
  get count(): number | undefined {
    try {
      const queued = this.#tty.unsentBytes;
      if (queued === 0) return this.#written === 0 ? 0 : this.#inHardware();
      const inHardware = Math.min(fifoCharacters, Math.max(0, this.#written - queued));
      this.#leftNow(Math.max(this.#estimate, queued + inHardware));
      return Math.ceil(this.#left);
    } catch (error) {
      if (error instanceof TtyError) return undefined;
      throw error;
    }
  }

  get #estimate(): number {
    const sent = (this.#clock.now() - this.#since) / this.#characterMs();
    return Math.max(0, this.#left - sent);
  }

  #leftNow(left: number): void {
    this.#left = left;
    this.#since = this.#clock.now();
  }

  /** Nothing leaves faster than the line carries it, whatever the driver says of the hardware. */
  #inHardware(): number {
    const isEmpty = this.#tty.isTransmitterEmpty ?? false;
    this.#knowsEnd ||= isEmpty;
    const isBusy = this.#knowsEnd && !isEmpty;
    const left = Math.max(Math.ceil(this.#estimate), isBusy ? 1 : 0);
    if (left === 0) this.#written = 0;
    return left;
  }
}
