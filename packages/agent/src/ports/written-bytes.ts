import type { SerialLink } from '@sercli/link';

/**
 * The bytes that one session wrote, among all that was written to the device. Where others write too, the session's bytes
 * count as if they lay together before its last one: none counts as gone before it is, and all do when the last one is.
 */
export class WrittenBytes {
  #offset = 0;
  /** The device that took the last of them, and its offset of the session's first byte. */
  #device: SerialLink | undefined;
  #base = 0;
  /** Bytes below it have left, or were given up with a device that is gone. */
  #goneOffset = 0;
  #toldDrained = 0;

  /** Bytes written so far. */
  get offset(): number {
    return this.#offset;
  }

  get takenOffset(): number {
    return this.#upTo(this.#device?.takenOffset);
  }

  /** Bytes that have left the device, or were given up with it. */
  get drainedOffset(): number {
    return this.#upTo(this.#device?.drainedOffset);
  }

  write(device: SerialLink, bytes: Uint8Array): number {
    const base = device.writeOffset - this.#offset;
    const taken = device.write(bytes);
    if (taken === 0) return 0;
    // Where somebody else has written meanwhile, what is known to have left is still known to.
    this.#goneOffset = this.drainedOffset;
    this.#device = device;
    this.#base = base;
    this.#offset += taken;
    return taken;
  }

  /** The drained offset, if it is another one than was told. */
  newlyDrained(): number | undefined {
    const offset = this.drainedOffset;
    if (offset === this.#toldDrained) return undefined;
    this.#toldDrained = offset;
    return offset;
  }

  /** The device is gone: says how many bytes may or may not have left it. */
  giveUp(): number {
    const bytes = this.#offset - this.drainedOffset;
    this.#goneOffset = this.#offset;
    this.#toldDrained = this.#offset;
    return bytes;
  }

  #upTo(deviceOffset: number | undefined): number {
    const own = deviceOffset === undefined ? 0 : Math.min(this.#offset, deviceOffset - this.#base);
    return Math.max(this.#goneOffset, own);
  }
}
