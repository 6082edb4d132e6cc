import type { LinkEvent, LinkInfo, LinkListener, LinkState, SerialLink } from '@sercli/link';
import {
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import type { LogCursor } from './port-log.ts';

/** What a session tells its port. */
export interface SessionPort {
  /** The session has read: a held device may be read again. */
  consumed(): void;
  /** The port's settings are its own: no session changes them. */
  readonly isFixed: boolean;
  /** The session has ended. Called once. */
  released(session: SessionLink): void;
}

/** A link that one session has on a port: it reads the port's log at its own pace and writes to the port's device. */
export class SessionLink implements SerialLink {
  readonly info: LinkInfo;
  readonly closed: Promise<SercliError | undefined>;
  readonly #source: SerialLink;
  readonly #cursor: LogCursor;
  readonly #port: SessionPort;
  #state: LinkState;
  #listener: LinkListener | undefined;
  #writeOffset = 0;
  #settle: (error: SercliError | undefined) => void = () => undefined;

  constructor(info: LinkInfo, source: SerialLink, cursor: LogCursor, port: SessionPort) {
    this.info = info;
    this.#source = source;
    this.#cursor = cursor;
    this.#port = port;
    this.#state = source.state;
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
    return this.#writeOffset;
  }

  get takenOffset(): number {
    return this.#writeOffset - Math.min(this.#writeOffset, this.#source.writeOffset - this.#source.takenOffset);
  }

  get drainedOffset(): number {
    return this.#writeOffset - Math.min(this.#writeOffset, this.#source.writeOffset - this.#source.drainedOffset);
  }

  get hasControl(): boolean {
    return true;
  }

  peek(maxBytes: number): Uint8Array {
    return this.#cursor.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#cursor.consume(bytes);
    this.#port.consumed();
  }

  write(bytes: Uint8Array): number {
    if (this.#state.kind === 'closed') return 0;
    const taken = this.#source.write(bytes);
    this.#writeOffset += taken;
    return taken;
  }

  configure(change: LineSettingsChange): Promise<LineSettings> {
    if (this.#state.kind === 'closed') return this.#refuse();
    if (!this.#port.isFixed) return this.#source.configure(change);
    return Promise.reject(new SercliError('settings-fixed', { port: this.info.name }));
  }

  runSequence(steps: readonly SequenceStep[]): Promise<void> {
    return this.#state.kind === 'closed' ? this.#refuse() : this.#source.runSequence(steps);
  }

  drain(): Promise<void> {
    return this.#state.kind === 'closed' ? this.#refuse() : this.#source.drain();
  }

  async flush(queue: FlushQueue): Promise<void> {
    if (this.#state.kind === 'closed') return this.#refuse();
    await this.#source.flush(queue);
    if (queue !== 'unsent') this.#cursor.skipToEnd();
    this.#port.consumed();
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#cursor.listen({ readable: () => listener.readable(), event: (event) => listener.event(event) });
  }

  async close(): Promise<void> {
    this.#end(undefined);
  }

  abort(error: SercliError): void {
    this.#end(error);
  }

  /** The device takes bytes again. */
  writable(): void {
    this.#listener?.writable();
  }

  /** Something about the device itself; what has a place among the bytes comes through the log. */
  sourceEvent(event: LinkEvent): void {
    this.#listener?.event(event);
  }

  /** The device is gone. What the log has is still to be read. */
  sourceClosed(error: SercliError | undefined): void {
    this.#end(error ?? new SercliError('closed', { what: this.info.name }));
  }

  #refuse(): Promise<never> {
    const error = this.#state.kind === 'closed' ? this.#state.error : undefined;
    return Promise.reject(error ?? new SercliError('closed', { what: this.info.name }));
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'closed') return;
    this.#state = error === undefined ? { kind: 'closed' } : { kind: 'closed', error };
    this.#cursor.close();
    this.#port.released(this);
    this.#listener?.event({ kind: 'state', state: this.#state });
    this.#settle(error);
  }
}
