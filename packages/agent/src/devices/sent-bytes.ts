import { type Clock, delay } from './clock.ts';

/** Between two looks while somebody waits for the bytes to leave, at most. */
const longestLookMs = 20;
/** After a write nobody waits for, and between two looks while more is written or nothing leaves. */
const firstLookMs = 100;
const calmLookMs = 200;

/** What is asked of a device. */
export interface SendingDevice {
  /** Bytes that were written and have not left yet; undefined when the device is gone and cannot be asked. */
  unsentBytes(): number | undefined;
  /** Milliseconds that one character takes on the line. */
  characterMs(): number;
  /** Everything below `offset` has left. Called once each time the last byte has. */
  drained(offset: number): void;
}

/**
 * Counts what was written to a device and looks how much of it has left. The looks are TIOCOUTQ (tty_ioctl(4)) on a
 * timer, for tcdrain(3) would hold a thread; as long as nothing is written there are none.
 */
export class SentBytes {
  readonly #clock: Clock;
  readonly #device: SendingDevice;
  #writeOffset = 0;
  #drainedOffset = 0;
  #toldOffset = 0;
  #cancelLook: (() => void) | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** `writeOffset` at the last look. */
  #seenOffset = 0;

  constructor(clock: Clock, device: SendingDevice) {
    this.#clock = clock;
    this.#device = device;
  }

  get writeOffset(): number {
    return this.#writeOffset;
  }

  /** Bytes that are known to have left. */
  get drainedOffset(): number {
    return this.#drainedOffset;
  }

  wrote(bytes: number): void {
    if (bytes === 0) return;
    this.#writeOffset += bytes;
    if (this.#cancelLook !== undefined) return;
    const untilCalm = this.#lookedAt + calmLookMs - this.#clock.now();
    this.#lookIn(Math.max(firstLookMs, untilCalm));
  }

  /** Resolves when all bytes written so far have left, or after `limitMs`; rejects with the signal's reason. */
  async left(limitMs: number, signal: AbortSignal): Promise<void> {
    const offset = this.#writeOffset;
    const start = this.#clock.now();
    for (;;) {
      this.#update();
      signal.throwIfAborted();
      if (this.#drainedOffset >= offset || this.#clock.now() - start >= limitMs) return;
      await delay(this.#clock, this.#untilLeft(offset), signal);
    }
  }

  /** The device is not asked any more. */
  stop(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  #lookIn(ms: number): void {
    this.#cancelLook = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.#cancelLook = undefined;
    this.#lookedAt = this.#clock.now();
    const before = this.#drainedOffset;
    this.#update();
    const isGrowing = this.#writeOffset > this.#seenOffset;
    const isLeaving = this.#drainedOffset > before;
    this.#seenOffset = this.#writeOffset;
    if (this.#drainedOffset === this.#writeOffset) return;
    this.#lookIn(isLeaving && !isGrowing ? this.#untilLeft(this.#writeOffset) : calmLookMs);
  }

  #untilLeft(offset: number): number {
    const leftMs = (offset - this.#drainedOffset) * this.#device.characterMs();
    return Math.min(Math.max(leftMs, 1), longestLookMs);
  }

  #update(): void {
    const unsent = this.#device.unsentBytes();
    if (unsent === undefined) return;
    this.#drainedOffset = Math.max(this.#drainedOffset, this.#writeOffset - unsent);
    if (this.#drainedOffset < this.#writeOffset || this.#toldOffset === this.#drainedOffset) return;
    this.#toldOffset = this.#drainedOffset;
    this.#device.drained(this.#drainedOffset);
  }
}
