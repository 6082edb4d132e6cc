import { PtyFarEnd } from '@sercli/testkit';
import type { LineSettings } from '@sercli/tty';

/**
 * A serial device as a test plays it: the agent opens `path`, one end of a PTY; the test holds the other, reads what
 * the agent writes to the device and sees the line settings that it makes.
 */
export class PtyDevice {
  readonly #farEnd = new PtyFarEnd();
  readonly #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #answer: ((bytes: Uint8Array) => Uint8Array) | undefined;
  #changed: (() => void) | undefined;

  constructor() {
    this.#farEnd.onBytes((bytes) => this.#take(bytes));
    this.#farEnd.stay();
  }

  get path(): string {
    return this.#farEnd.path;
  }

  /** As the agent has set them. */
  get settings(): LineSettings {
    return this.#farEnd.settings;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Sends to the agent, as fast as it reads. */
  send(bytes: Uint8Array | string): void {
    this.#farEnd.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** Takes nothing any more, until it resumes. */
  pause(): void {
    this.#farEnd.pause();
  }

  resume(): void {
    this.#farEnd.resume();
  }

  /** From now on sends back what comes. */
  echo(): void {
    this.answer((bytes) => bytes);
  }

  /** From now on sends what this makes of all that comes. */
  answer(answer: (bytes: Uint8Array) => Uint8Array): void {
    this.#answer = answer;
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
    this.#farEnd.close();
  }

  #take(bytes: Uint8Array): void {
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    if (this.#answer !== undefined) this.send(this.#answer(bytes));
    this.#changed?.();
  }
}
