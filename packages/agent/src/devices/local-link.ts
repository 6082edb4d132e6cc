import type { LinkEvent, LinkInfo, LinkListener, LinkState } from '@sercli/link';
import { ReceiveQueue } from '@sercli/link';
import type {
  FlushQueue,
  LineSettings,
  LineSettingsChange,
  ModemInputs,
  ModemLines,
  SequenceStep,
} from '@sercli/protocol';
import { bitsPerCharacter, equalLineSettings, equalModemLines, noModemLines, SercliError } from '@sercli/protocol';
import type { Clock } from './clock.ts';
import type { DeviceLink } from './device-link.ts';
import { type LineCounts, noLineCounts } from './line-counts.ts';
import { type DrivenLines, LineSequences } from './line-sequences.ts';
import { OrderedChanges } from './ordered-changes.ts';
import { SentBytes } from './sent-bytes.ts';

/** Received bytes kept for a consumer that reads late; above it the source stops reading. */
export const receiveQueueBytes = 65_536;

/** How long bytes may take to leave before a change is made all the same: their time on the line times this, */
const overdueFactor = 1.5;
/** plus this. */
const overdueMs = 100;

export interface LocalLinkOptions {
  readonly info: LinkInfo;
  readonly settings: LineSettings;
  readonly clock: Clock;
  readonly lines?: ModemLines;
}

/**
 * What every port of this machine has in common: received bytes and their events, the order of changes and bytes, and
 * the way to the end. A subclass moves the bytes and knows the device.
 */
export abstract class LocalLink implements DeviceLink {
  readonly info: LinkInfo;
  readonly closed: Promise<SercliError | undefined>;
  protected readonly clock: Clock;
  protected readonly received = new ReceiveQueue();
  readonly #sent: SentBytes;
  readonly #changes = new OrderedChanges(() => this.roomAgain());
  readonly #sequences: LineSequences;
  /** Aborted at the end, with the error for whatever is still under way. */
  readonly #lifetime = new AbortController();
  #settings: LineSettings;
  #lines: ModemLines;
  #state: LinkState = { kind: 'up' };
  #listener: LinkListener | undefined;
  #isWriterWaiting = false;
  #closing: Promise<void> | undefined;
  #settleClosed: (error: SercliError | undefined) => void = () => undefined;

  constructor(options: LocalLinkOptions) {
    this.info = options.info;
    this.clock = options.clock;
    this.#settings = options.settings;
    this.#lines = options.lines ?? noModemLines;
    this.#sent = new SentBytes(options.clock, {
      unsentBytes: () => this.unsentBytes(),
      characterMs: () => this.characterMs,
      drained: (offset) => this.#tell({ kind: 'drained', offset }),
    });
    this.#sequences = new LineSequences(options.clock, this.#drivenLines());
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  /** Takes what fits now; after less than all of it, calls `roomAgain` later. */
  protected abstract take(bytes: Uint8Array): number;
  /** Bytes that were taken and have not left yet; undefined when the device is gone and cannot be asked. */
  protected abstract unsentBytes(): number | undefined;
  protected abstract applySettings(change: LineSettingsChange): LineSettings;
  /** Sets what the step says; throws a SercliError if the device has no lines. */
  protected abstract applyStep(step: SequenceStep): ModemLines;
  protected abstract discardReceived(): void;
  protected abstract discardUnsent(): void;
  /** The consumer has read: there may be room to receive again. */
  protected abstract resumeReceiving(): void;
  /** Gives up the device, once. `unsentBytes` and all others are not called any more. */
  protected abstract release(): Promise<void>;

  get state(): LinkState {
    return this.#state;
  }
  get settings(): LineSettings {
    return this.#settings;
  }
  get lines(): ModemLines {
    return this.#lines;
  }
  get readOffset(): number {
    return this.received.readOffset;
  }
  get writeOffset(): number {
    return this.#sent.writeOffset;
  }
  /** Nothing is queued on this side of the driver. */
  get takenOffset(): number {
    return this.#sent.writeOffset;
  }
  get drainedOffset(): number {
    return this.#sent.drainedOffset;
  }
  get hasControl(): boolean {
    return true;
  }
  get lineCounts(): LineCounts {
    return noLineCounts;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.received.listen(listener);
  }

  peek(maxBytes: number): Uint8Array {
    return this.received.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.received.consume(bytes);
    if (this.isUp) this.resumeReceiving();
  }

  write(bytes: Uint8Array): number {
    if (this.#endError() !== undefined || bytes.length === 0) return 0;
    const taken = this.#changes.isIdle ? this.take(bytes) : 0;
    this.#sent.wrote(taken);
    if (taken < bytes.length) this.#isWriterWaiting = true;
    return taken;
  }

  configure(change: LineSettingsChange): Promise<LineSettings> {
    return this.#inOrder(async () => {
      await this.#sentOrOverdue();
      this.settingsAre(this.applySettings(change));
      return this.#settings;
    });
  }

  runSequence(steps: readonly SequenceStep[], owner?: object): Promise<void> {
    const signal = this.#sequences.signalOf(owner);
    return this.#inOrder(async () => {
      await this.#sentOrOverdue(signal);
      await this.#sequences.run(steps, signal, owner);
    });
  }

  endSequences(error: SercliError, owner?: object): void {
    this.#sequences.cutShort(error, owner);
  }

  async drain(): Promise<void> {
    this.#requireOpen();
    await this.#sent.left(Number.POSITIVE_INFINITY, this.#lifetime.signal);
  }

  async flush(queue: FlushQueue): Promise<void> {
    this.#requireOpen();
    if (queue !== 'unsent') {
      this.discardReceived();
      this.received.discard();
      this.resumeReceiving();
    }
    if (queue !== 'received') {
      this.discardUnsent();
      this.roomAgain();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeInOrder();
    return this.#closing;
  }

  abort(error: SercliError): void {
    this.#end(error);
  }

  protected get isUp(): boolean {
    return this.#state.kind === 'up';
  }

  /** Milliseconds that one character takes on the line. */
  protected get characterMs(): number {
    return (bitsPerCharacter(this.#settings) * 1000) / this.#settings.baudRate;
  }

  /** A writer that got less than it wanted may try again. */
  protected roomAgain(): void {
    if (!this.#isWriterWaiting || !this.#changes.isIdle || !this.isUp) return;
    this.#isWriterWaiting = false;
    this.#listener?.writable();
  }

  protected settingsAre(settings: LineSettings): void {
    if (equalLineSettings(settings, this.#settings)) return;
    this.#settings = settings;
    this.#tell({ kind: 'settings', settings });
  }

  protected inputsAre({ cts, dsr, dcd, ri }: ModemInputs): void {
    this.#linesAre({ ...this.#lines, cts, dsr, dcd, ri });
  }

  #linesAre(lines: ModemLines): void {
    if (equalModemLines(lines, this.#lines)) return;
    this.#lines = lines;
    this.#tell({ kind: 'lines', lines });
  }

  #drivenLines(): DrivenLines {
    return {
      outputs: () => {
        const { dtr, rts } = this.#lines;
        return { dtr, rts };
      },
      apply: (step) => this.#linesAre(this.applyStep(step)),
      remember: (outputs) => this.#linesAre({ ...this.#lines, ...outputs }),
    };
  }

  #tell(event: LinkEvent): void {
    this.#listener?.event(event);
  }

  #inOrder<Outcome>(change: () => Promise<Outcome>): Promise<Outcome> {
    const refused = this.#endError();
    if (refused !== undefined) return Promise.reject(refused);
    return this.#changes.add(() => {
      this.#lifetime.signal.throwIfAborted();
      return change();
    });
  }

  /** Why nothing can be asked of this link any more. */
  #endError(): SercliError | undefined {
    if (this.#state.kind === 'closed' && this.#state.error !== undefined) return this.#state.error;
    if (this.#state.kind !== 'closed' && this.#closing === undefined) return undefined;
    return new SercliError('closed', { what: this.info.name });
  }

  #requireOpen(): void {
    const error = this.#endError();
    if (error !== undefined) throw error;
  }

  async #sentOrOverdue(signal: AbortSignal = this.#lifetime.signal): Promise<void> {
    const limitMs = (this.unsentBytes() ?? 0) * this.characterMs * overdueFactor + overdueMs;
    await this.#sent.left(limitMs, signal);
  }

  /** Lets the changes end and the bytes leave; one that is aborted meanwhile is closed already. */
  async #closeInOrder(): Promise<void> {
    await this.#changes.ended();
    if (this.isUp) await this.#sentOrOverdue().catch(() => undefined);
    this.#end(undefined);
    await this.closed;
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'closed') return;
    this.#state = error === undefined ? { kind: 'closed' } : { kind: 'closed', error };
    this.#sent.stop();
    const reason = error ?? new SercliError('closed', { what: this.info.name });
    this.#lifetime.abort(reason);
    this.#sequences.cutShort(reason);
    const settle = (): void => this.#settleClosed(error);
    // A device that cannot even be given up is closed all the same: there is nothing left to do with it.
    this.release().then(settle, settle);
    this.#tell({ kind: 'state', state: this.#state });
  }
}
