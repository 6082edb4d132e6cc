import { closeSync } from 'node:fs';
import {
  type LineSettings,
  makeRaw,
  openPeer,
  openPty,
  PolledFd,
  readLineSettings,
  readTermios,
  writeTermios,
} from '@sercli/tty';

/**
 * A serial device as a test plays it: the agent opens `path`, one end of a PTY; the test holds the other, reads what
 * the agent writes to the device and sees the line settings that it makes.
 */
export class PtyDevice {
  readonly path: string;
  readonly #fd: PolledFd;
  /** Held open, because a PTY hangs up whenever the last one closes it, and a device does not. */
  readonly #peer: number;
  readonly #received: Uint8Array[] = [];
  #receivedBytes = 0;
  readonly #unsent: Uint8Array[] = [];
  #isEcho = false;
  #changed: (() => void) | undefined;

  constructor() {
    const { ptmx, path } = openPty();
    this.path = path;
    this.#peer = openPeer(ptmx);
    writeTermios(this.#peer, makeRaw(readTermios(this.#peer)), 'now');
    this.#fd = new PolledFd(ptmx, {
      readable: () => this.#read(),
      writable: () => this.#flushUnsent(),
      failed: (error) => {
        throw error;
      },
    });
    this.#updateInterest();
  }

  /** As the agent has set them. */
  get settings(): LineSettings {
    return readLineSettings(this.#fd.fd);
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Sends to the agent, as fast as it reads. */
  send(bytes: Uint8Array | string): void {
    this.#unsent.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    this.#flushUnsent();
  }

  /** From now on sends back what comes. */
  echo(): void {
    this.#isEcho = true;
  }

  /** Resolves to all that came since the last call, once it is at least `minBytes`. */
  async receive(minBytes: number): Promise<Buffer> {
    while (this.#receivedBytes < minBytes) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    this.#receivedBytes = 0;
    return Buffer.concat(this.#received.splice(0));
  }

  /** Resolves once `text` has come, and forgets what came until then. */
  async receiveText(text: string): Promise<void> {
    let all = '';
    while (!all.includes(text)) all += (await this.receive(1)).toString('latin1');
  }

  close(): void {
    this.#fd.close();
    closeSync(this.#peer);
  }

  #read(): void {
    const bytes = new Uint8Array(64 * 1024);
    const length = this.#fd.read(bytes);
    if (length === 0) return;
    this.#received.push(bytes.subarray(0, length));
    this.#receivedBytes += length;
    if (this.#isEcho) this.send(bytes.subarray(0, length));
    this.#changed?.();
  }

  #flushUnsent(): void {
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const written = this.#fd.write(first);
      if (written < first.length) {
        this.#unsent[0] = first.subarray(written);
        break;
      }
      this.#unsent.shift();
    }
    this.#updateInterest();
  }

  #updateInterest(): void {
    this.#fd.setInterest({ readable: true, writable: this.#unsent.length > 0 });
  }
}
