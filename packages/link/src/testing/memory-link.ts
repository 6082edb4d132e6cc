import {
  defaultLineSettings,
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemInputs,
  type ModemLines,
  noModemLines,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import { ReceiveQueue } from '../receive-queue.ts';
import type { LinkEvent, LinkListener, LinkState, SerialLink } from '../serial-link.ts';

/** Longer writes are logged by their length. */
const loggedBytes = 1000;

/** A link whose device is the test: it takes as much as there is room, and says in which order things reached it. */
export class MemoryLink implements SerialLink {
  readonly info = { name: 'ttyM', device: 'memory' };
  state: LinkState = { kind: 'up' };
  settings: LineSettings = defaultLineSettings;
  lines: ModemLines;
  hasControl = true;
  readonly closed: Promise<SercliError | undefined>;
  /** What reached the device, in order: bytes as `"text"`, neighbours joined, and what was done to it. */
  readonly log: string[] = [];
  /** Bytes that are taken before `write` gives short counts. */
  room = Number.POSITIVE_INFINITY;
  /** Changes wait until the test lets them go. */
  isHolding = false;
  readonly #hasLines: boolean;
  readonly #received = new ReceiveQueue();
  readonly #written: Uint8Array[] = [];
  #changes = 0;
  #lastChange: Promise<void> = Promise.resolve();
  #letGo: () => void = () => undefined;
  #listener: LinkListener | undefined;
  #writeOffset = 0;
  #isWriterWaiting = false;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  constructor({ hasLines = true } = {}) {
    this.#hasLines = hasLines;
    this.lines = hasLines ? { ...noModemLines, dtr: true, rts: true } : noModemLines;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get readOffset(): number {
    return this.#received.readOffset;
  }
  get writeOffset(): number {
    return this.#writeOffset;
  }
  get takenOffset(): number {
    return this.#writeOffset;
  }
  get drainedOffset(): number {
    return this.#writeOffset;
  }
  /** All bytes that reached the device. */
  get written(): Buffer {
    return Buffer.concat(this.#written);
  }
  /** Bytes of the device that were not read yet. */
  get unreadBytes(): number {
    return this.#received.queuedBytes;
  }

  peek(maxBytes: number): Uint8Array {
    return this.#received.peek(maxBytes);
  }
  consume(bytes: number): void {
    this.#received.consume(bytes);
  }
  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#received.listen(listener);
  }

  write(bytes: Uint8Array): number {
    if (this.state.kind !== 'up' || !this.hasControl || this.#changes > 0) return this.#refuse();
    const taken = Math.min(bytes.length, this.room);
    this.room -= taken;
    this.#writeOffset += taken;
    if (taken > 0) this.#took(Uint8Array.from(bytes.subarray(0, taken)));
    if (taken < bytes.length) this.#refuse();
    return taken;
  }

  configure(change: LineSettingsChange): Promise<LineSettings> {
    return this.#inOrder(() => {
      this.settings = { ...this.settings, ...change };
      this.log.push(`configure ${JSON.stringify(change)}`);
      this.#tell({ kind: 'settings', settings: this.settings });
      return this.settings;
    });
  }

  runSequence(steps: readonly SequenceStep[]): Promise<void> {
    return this.#inOrder(() => {
      if (!this.hasControl) throw new SercliError('not-controller', { port: 'ttyM', holder: 'somebody' });
      if (!this.#hasLines) throw new SercliError('no-modem-lines', { device: 'memory' });
      for (const step of steps) this.#apply(step);
    });
  }

  drain(): Promise<void> {
    return this.#inOrder(() => undefined);
  }

  async flush(queue: FlushQueue): Promise<void> {
    this.log.push(`flush ${queue}`);
    if (queue !== 'unsent') this.#received.discard();
  }

  async close(): Promise<void> {
    this.#end(undefined);
  }
  abort(error: SercliError): void {
    this.#end(error);
  }

  /** The device sends. */
  receive(bytes: Uint8Array | string): void {
    this.#received.push(Uint8Array.from(Buffer.from(bytes)));
  }
  receiveBreak(): void {
    this.#received.pushBreak();
  }
  receiveGap(bytes: number | undefined): void {
    this.#received.pushGap(bytes);
  }

  setInputs(inputs: Partial<ModemInputs>): void {
    this.lines = { ...this.lines, ...inputs };
    this.#tell({ kind: 'lines', lines: this.lines });
  }

  setState(state: LinkState): void {
    this.state = state;
    this.#tell({ kind: 'state', state });
  }

  tell(event: LinkEvent): void {
    this.#tell(event);
  }

  /** Takes so many bytes more. */
  makeRoom(bytes: number): void {
    this.room += bytes;
    this.#roomCame();
  }

  /** Lets the changes go that wait. */
  release(): void {
    this.isHolding = false;
    this.#letGo();
  }

  /** A change in its turn; until it is done, no bytes are taken, as a port of this machine does it. */
  #inOrder<Outcome>(change: () => Outcome): Promise<Outcome> {
    this.#changes += 1;
    const outcome = this.#lastChange.then(async () => {
      if (this.isHolding) await new Promise<void>((resolve) => (this.#letGo = resolve));
      this.#changes -= 1;
      return change();
    });
    this.#lastChange = outcome.then(
      () => this.#roomCame(),
      () => this.#roomCame(),
    );
    return outcome;
  }

  #apply(step: SequenceStep): void {
    const { dtr = this.lines.dtr, rts = this.lines.rts } = step;
    if (Object.keys(step).length > 0) this.log.push(`step ${JSON.stringify(step)}`);
    this.lines = { ...this.lines, dtr, rts };
  }

  #roomCame(): void {
    if (!this.#isWriterWaiting || this.#changes > 0) return;
    this.#isWriterWaiting = false;
    this.#listener?.writable();
  }

  #refuse(): number {
    this.#isWriterWaiting = true;
    return 0;
  }

  #took(bytes: Uint8Array): void {
    this.#written.push(bytes);
    if (bytes.length > loggedBytes) return void this.log.push(`${bytes.length} bytes`);
    const text = Buffer.from(bytes).toString('latin1');
    const last = this.log.at(-1);
    if (last?.startsWith('"')) this.log[this.log.length - 1] = `${last.slice(0, -1)}${text}"`;
    else this.log.push(`"${text}"`);
  }

  #tell(event: LinkEvent): void {
    this.#listener?.event(event);
  }

  #end(error: SercliError | undefined): void {
    if (this.state.kind === 'closed') return;
    this.setState(error === undefined ? { kind: 'closed' } : { kind: 'closed', error });
    this.log.push(error === undefined ? 'closed' : `aborted: ${error.code}`);
    this.#settle(error);
  }
}
