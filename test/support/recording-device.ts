import { type LinkListener, type LinkState, ReceiveQueue, type SerialLink } from '@sercli/link';
import { defaultLineSettings, type LineSettings, noModemLines, type SequenceStep } from '@sercli/protocol';

/** What was done to a device, behind how many written bytes. */
export interface DeviceAct {
  readonly offset: number;
  readonly act: { readonly kind: 'configure'; readonly baudRate: number } | { readonly kind: 'break' };
}

/** A device in memory that notes what reaches it, and sends what the test lets it send. */
export class RecordingDevice implements SerialLink {
  readonly info = { name: 'dut', device: 'memory' };
  readonly state: LinkState = { kind: 'up' };
  readonly lines = noModemLines;
  readonly hasControl = true;
  readonly closed: Promise<undefined>;
  readonly written: Buffer[] = [];
  readonly acts: DeviceAct[] = [];
  settings: LineSettings = defaultLineSettings;
  writeOffset = 0;
  readonly #received = new ReceiveQueue();
  #end: () => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#end = () => resolve(undefined);
    });
  }

  get readOffset(): number {
    return this.#received.readOffset;
  }
  get takenOffset(): number {
    return this.writeOffset;
  }
  get drainedOffset(): number {
    return this.writeOffset;
  }

  send(bytes: Uint8Array): void {
    this.#received.push(bytes);
  }
  sendBreak(): void {
    this.#received.pushBreak();
  }

  peek(maxBytes: number): Uint8Array {
    return this.#received.peek(maxBytes);
  }
  consume(bytes: number): void {
    this.#received.consume(bytes);
  }
  write(bytes: Uint8Array): number {
    this.written.push(Buffer.from(bytes));
    this.writeOffset += bytes.length;
    return bytes.length;
  }
  async configure(change: Partial<LineSettings>): Promise<LineSettings> {
    this.settings = { ...this.settings, ...change };
    this.acts.push({ offset: this.writeOffset, act: { kind: 'configure', baudRate: this.settings.baudRate } });
    return this.settings;
  }
  async runSequence(_steps: readonly SequenceStep[]): Promise<void> {
    this.acts.push({ offset: this.writeOffset, act: { kind: 'break' } });
  }
  async drain(): Promise<void> {
    // Everything that was written has left.
  }
  async flush(): Promise<void> {
    this.#received.discard();
  }
  listen(listener: LinkListener): void {
    this.#received.listen(listener);
  }
  async close(): Promise<void> {
    this.#end();
  }
  abort(): void {
    this.#end();
  }
}
