import type { LinkEvent, LinkInfo, LinkListener, LinkState, SerialLink } from '@sercli/link';
import {
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import type { DeviceLink } from '../devices/device-link.ts';
import { type CursorStart, LogCursor } from './log-cursor.ts';
import { clockTime, type Holder, holderText, type PortControl } from './port-control.ts';
import type { PlacedEvent, PortLog } from './port-log.ts';
import { SessionCounts, type SessionStatus } from './session-status.ts';
import { WrittenBytes } from './written-bytes.ts';

/** What a session has of its port. */
export interface SessionPort {
  /** Who controls the port, the longest first. */
  controls(): readonly PortControl[];
  /** The port's settings are its own: no session changes them. */
  isFixed(): boolean;
  /** Applies settings to the device; to one that is lost, when it is back. */
  configure(source: DeviceLink, change: LineSettingsChange): Promise<LineSettings>;
  /** Discards at the device what no other session is to read. */
  flush(source: DeviceLink, queue: FlushQueue): Promise<void>;
  /** The session has read. */
  consumed(session: SessionLink): void;
  /** The device has taken bytes, which are only lent. */
  wrote(bytes: Uint8Array): void;
  /** The session was told of a gap. */
  missed(bytes: number | undefined): void;
  /** The session was cut off, for a reason, or is carried again. */
  cutChanged(session: SessionLink, reason: string | undefined): void;
  /** The session has ended. Called once. */
  released(session: SessionLink, error: SercliError | undefined): void;
}

export interface SessionOptions {
  readonly info: LinkInfo;
  readonly holder: Holder;
  readonly log: PortLog;
  readonly start: CursorStart;
  readonly source: DeviceLink;
  readonly port: SessionPort;
  /** A session that reads too late is ended, and not told its gap. */
  readonly disconnectsOnOverflow: boolean;
  /** A session whose control is taken is ended, and does not monitor from then on. */
  readonly endsWhenTaken?: boolean | undefined;
  /** What the device is sent when the session ends, if it controls the port then. */
  readonly farewell?: (() => Uint8Array) | undefined;
}

/**
 * A link that one session has on a port: it reads the port's log at its own pace and, as long as it controls the port,
 * writes to the port's device. Without control it is a monitor.
 */
export class SessionLink implements SerialLink {
  readonly info: LinkInfo;
  readonly holder: Holder;
  readonly closed: Promise<SercliError | undefined>;
  readonly #cursor: LogCursor;
  readonly #port: SessionPort;
  readonly #options: SessionOptions;
  readonly #counts = new SessionCounts();
  readonly #written = new WrittenBytes();
  /** The device, or what is left of one that is lost. */
  #source: DeviceLink;
  #state: LinkState = { kind: 'up' };
  #listener: LinkListener | undefined;
  /** Who had control after this session. */
  #successor: PortControl | undefined;
  #cutSince: Date | undefined;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  constructor(options: SessionOptions) {
    const { info, holder, log, start, source, port } = options;
    this.#options = options;
    this.info = info;
    this.holder = holder;
    this.#source = source;
    this.#port = port;
    this.#cursor = new LogCursor(log, start, () => this.#overtaken());
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get state(): LinkState {
    return this.#state;
  }
  get settings(): LineSettings {
    return this.#source.settings;
  }
  get lines(): ModemLines {
    return this.#source.lines;
  }
  get readOffset(): number {
    return this.#cursor.offset;
  }
  get writeOffset(): number {
    return this.#written.offset;
  }
  get takenOffset(): number {
    return this.#written.takenOffset;
  }
  get drainedOffset(): number {
    return this.#written.drainedOffset;
  }
  get hasControl(): boolean {
    return this.#port.controls().some(({ session }) => session === this);
  }

  /** How the session stands, to be shown. */
  get status(): SessionStatus {
    return {
      holder: this.holder,
      role: this.hasControl ? 'control' : 'monitor',
      ...this.#counts.status,
      ...(this.#cutSince === undefined ? {} : { cutSince: this.#cutSince }),
      writtenBytes: this.writeOffset,
      lagBytes: this.#cursor.lagBytes,
    };
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#cursor.listen({ readable: () => listener.readable(), event: (event) => this.#placedEvent(event) });
  }

  peek(maxBytes: number): Uint8Array {
    return this.#cursor.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#counts.read(bytes);
    this.#cursor.consume(bytes);
    this.#port.consumed(this);
  }

  write(bytes: Uint8Array): number {
    if (this.#state.kind !== 'up' || !this.hasControl) return 0;
    const taken = this.#written.write(this.#source, bytes);
    this.#port.wrote(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    return taken;
  }

  async configure(change: LineSettingsChange): Promise<LineSettings> {
    this.#requireControl();
    if (this.#port.isFixed()) throw new SercliError('settings-fixed', { port: this.info.name });
    return this.#port.configure(this.#source, change);
  }

  async runSequence(steps: readonly SequenceStep[]): Promise<void> {
    this.#requireControl();
    return this.#source.runSequence(steps, this);
  }

  async drain(): Promise<void> {
    this.#requireControl();
    return this.#source.drain();
  }

  /** The received bytes that a monitor discards are its own only. */
  async flush(queue: FlushQueue): Promise<void> {
    if (queue === 'received') this.#requireOpen();
    else this.#requireControl();
    if (this.hasControl && this.#state.kind === 'up') await this.#port.flush(this.#source, queue);
    if (queue === 'unsent') return;
    this.#cursor.skipToEnd();
    this.#port.consumed(this);
  }

  async close(): Promise<void> {
    this.#end(undefined);
  }

  abort(error: SercliError): void {
    this.#end(error);
  }

  /** Says that nothing carries the session to its client any more, and why; undefined: that it is carried again. */
  setCut(reason: string | undefined): void {
    if (this.#state.kind === 'closed') return;
    this.#cutSince = reason === undefined ? undefined : (this.#cutSince ?? new Date());
    this.#port.cutChanged(this, reason);
  }

  /** The device takes bytes again. */
  writable(): void {
    this.#listener?.writable();
  }

  /** Something that has no place among the bytes: what has comes through the log. */
  event(event: LinkEvent): void {
    this.#listener?.event(event);
  }

  /** Another session has taken control, whoever shared it. */
  replacedBy(successor: PortControl): void {
    this.#successor = successor;
    // One that lost control while it was being opened has asked for none, and the successor perhaps has.
    if (this.hasControl) this.#source.endSequences(this.#taken(successor), this);
    if (this.#options.endsWhenTaken) this.abort(this.#taken(successor));
  }

  /** More of what was written to the device has left it. */
  deviceDrained(): void {
    const offset = this.#written.newlyDrained();
    if (offset !== undefined) this.event({ kind: 'drained', offset });
  }

  deviceLost(reason: string): void {
    this.#state = { kind: 'lost', reason };
    this.event({ kind: 'state', state: this.#state });
    const bytes = this.#written.giveUp();
    if (bytes > 0) this.event({ kind: 'in-doubt', bytes });
  }

  deviceBack(source: DeviceLink): void {
    this.#source = source;
    this.#state = { kind: 'up' };
    this.event({ kind: 'state', state: this.#state });
    if (this.hasControl) this.writable();
  }

  #placedEvent(event: PlacedEvent): void {
    if (event.kind === 'gap') {
      this.#counts.missed(event.bytes);
      this.#port.missed(event.bytes);
    }
    this.event(event);
  }

  #overtaken(): void {
    if (!this.#options.disconnectsOnOverflow) return;
    const { lagBytes } = this.#cursor;
    this.abort(new SercliError('reader-too-slow', { port: this.info.name, bytes: lagBytes }));
  }

  #requireOpen(): void {
    if (this.#state.kind !== 'closed') return;
    throw this.#state.error ?? new SercliError('closed', { what: this.info.name });
  }

  #requireControl(): void {
    this.#requireOpen();
    if (this.hasControl) return;
    if (this.#successor !== undefined) throw this.#taken(this.#successor);
    const [control] = this.#port.controls();
    throw new SercliError('not-controller', {
      port: this.info.name,
      holder: control === undefined ? 'nobody' : holderText(control.holder),
    });
  }

  #taken({ holder, since }: PortControl): SercliError {
    const fields = { port: this.info.name, holder: holderText(holder), since: clockTime(since) };
    return new SercliError('control-taken', fields);
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'closed') return;
    const { farewell } = this.#options;
    if (farewell !== undefined && this.hasControl) this.write(farewell());
    this.#state = error === undefined ? { kind: 'closed' } : { kind: 'closed', error };
    if (this.hasControl) this.#source.endSequences(error ?? new SercliError('closed', { what: this.info.name }), this);
    this.#cursor.close();
    this.#port.released(this, error);
    this.event({ kind: 'state', state: this.#state });
    this.#settle(error);
  }
}
