import type { VirtualPortListener } from '../port-listener.ts';
import type { VirtualPort } from '../virtual-port.ts';

/** A listener that notes what it is told, consumes what comes unless it is told to hold, and can be waited for. */
export class PortRecorder implements VirtualPortListener {
  readonly events: string[] = [];
  readonly #port: VirtualPort;
  readonly #chunks: Uint8Array[] = [];
  #isHolding = false;
  #waiting: (() => void)[] = [];

  constructor(port: VirtualPort) {
    this.#port = port;
    port.listen(this);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  get receivedBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  hold(isHolding: boolean): void {
    this.#isHolding = isHolding;
    if (!isHolding) this.readable();
  }

  /** Resolves once `condition` holds; it is looked at after every event. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  opened(): void {
    this.#note('opened');
  }

  closed(): void {
    this.#note('closed');
  }

  readable(): void {
    if (!this.#isHolding) {
      const bytes = this.#port.peek(65536);
      this.#chunks.push(bytes.slice());
      this.#port.consume(bytes.length);
    }
    this.#wake();
  }

  writable(): void {
    this.#note('writable');
  }

  settings(settings: { baudRate: number; stopBits: number; flowControl: string }): void {
    this.#note(`settings ${settings.baudRate} ${settings.stopBits} ${settings.flowControl}`);
  }

  flush(queue: string): void {
    this.#note(`flush ${queue}`);
  }

  #note(event: string): void {
    this.events.push(event);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
