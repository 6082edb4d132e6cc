import {
  closeFd,
  type LineSettings,
  makeRaw,
  openPeer,
  openPty,
  PolledFd,
  readLineSettings,
  readTermios,
  writeTermios,
} from '@sercli/tty';
import type { WireEnd } from './serial-link-suite.ts';

/** The other end of a port whose device is a pseudo terminal: what a test does there. */
export class PtyFarEnd implements WireEnd {
  readonly kind = 'wire';
  /** The device to open. */
  readonly path: string;
  readonly #ptmx: PolledFd;
  readonly #buffer = new Uint8Array(65_536);
  #onBytes: (bytes: Uint8Array) => void = () => undefined;
  #outgoing: Uint8Array[] = [];
  #isReading = true;
  #isGoing = false;
  /** The port's end, held open so that it does not hang up whenever the port is closed. */
  #peer: number | undefined;

  constructor() {
    const { ptmx, path } = openPty();
    this.path = path;
    this.#ptmx = new PolledFd(ptmx, {
      readable: () => this.#onBytes(this.#buffer.slice(0, this.#ptmx.read(this.#buffer))),
      writable: () => this.#writeAll(),
      // The port was closed.
      failed: () => undefined,
    });
  }

  /** To be called when the port is open: before, its end cannot be told from a hang-up. */
  start(): void {
    this.#watch();
  }

  /** Behaves like a device from now on: it is there, and raw, whether the port is open or not. */
  stay(): void {
    this.#peer = openPeer(this.#ptmx.fd);
    writeTermios(this.#peer, makeRaw(readTermios(this.#peer)), 'now');
    this.start();
  }

  /** As the port has set them. */
  get settings(): LineSettings {
    return readLineSettings(this.#ptmx.fd);
  }

  onBytes(callback: (bytes: Uint8Array) => void): void {
    this.#onBytes = callback;
  }

  write(bytes: Uint8Array): void {
    this.#outgoing.push(new Uint8Array(bytes));
    this.#writeAll();
  }

  /** Sends what the port's end has room for now, and says how much that is; the rest is not kept. */
  offer(bytes: Uint8Array): number {
    return this.#ptmx.write(bytes);
  }

  /** Up to `maxBytes` of what the port wrote, for one who reads at times of its own while paused. */
  take(maxBytes: number): Uint8Array {
    return this.#buffer.slice(0, this.#ptmx.read(this.#buffer.subarray(0, maxBytes)));
  }

  pause(): void {
    this.#isReading = false;
    this.#watch();
  }

  resume(): void {
    this.#isReading = true;
    this.#watch();
  }

  /** Goes away once everything it sends is on its way. */
  hangUp(): void {
    this.#isGoing = true;
    if (this.#outgoing.length === 0) this.close();
  }

  close(): void {
    this.#ptmx.close();
    if (this.#peer !== undefined) closeFd(this.#peer);
    this.#peer = undefined;
  }

  #writeAll(): void {
    for (let first = this.#outgoing.shift(); first !== undefined; first = this.#outgoing.shift()) {
      const taken = this.#ptmx.write(first);
      if (taken === first.length) continue;
      this.#outgoing.unshift(first.subarray(taken));
      break;
    }
    if (this.#isGoing && this.#outgoing.length === 0) this.close();
    else this.#watch();
  }

  #watch(): void {
    this.#ptmx.setInterest({ readable: this.#isReading, writable: this.#outgoing.length > 0 });
  }
}
