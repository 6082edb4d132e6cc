import {
  type ConnectorSession,
  type Controller,
  checkPortRequest,
  type Done,
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  type Opened,
  type PortEvent,
  type PortRequest,
  type SequenceStep,
  SercliError,
  type SessionRequest,
} from '@sercli/protocol';
import { ReceiveQueue } from '../receive-queue.ts';
import type { LinkEvent, LinkInfo, LinkListener, LinkState, SerialLink } from '../serial-link.ts';
import type { NativeEndpoint } from './endpoint.ts';
import { RemotePort, type StartPlace } from './remote-port.ts';
import { WaitingRequests } from './waiting-requests.ts';

/** Which port is wanted, and what becomes of a cut. */
export interface RemoteLinkOptions {
  /** The agent, for people to read. */
  readonly host: string;
  readonly request: SessionRequest;
  /** The connection was cut: `carryOn` goes on with another one, `abort` gives up. Without it the link ends. */
  cut?(error: SercliError): void;
}

/**
 * A port of a peer: the dialling end of a session of the native protocol, as a link. It is *lost* while its connection
 * is cut or the device is gone, and goes on where it was.
 */
export class RemoteLink implements SerialLink {
  /** Resolves when the peer has given the port; rejects with the reason why not. */
  readonly opened: Promise<void>;
  readonly closed: Promise<SercliError | undefined>;
  readonly #session: ConnectorSession;
  readonly #requests = new WaitingRequests();
  readonly #cut: RemoteLinkOptions['cut'];
  #received = new ReceiveQueue();
  #listener: LinkListener | undefined;
  /** Flushes of received bytes that the peer has not confirmed. */
  #flushes = 0;
  #state: LinkState = { kind: 'opening' };
  #info: LinkInfo;
  readonly #port: RemotePort;
  #resolveOpened: () => void = ignore;
  #rejectOpened: (error: SercliError) => void = ignore;
  #resolveClosed: (error: SercliError | undefined) => void = ignore;

  constructor(endpoint: NativeEndpoint, { host, request, cut }: RemoteLinkOptions) {
    this.#info = { name: request.port, device: `${host}/${request.port}` };
    this.#port = new RemotePort(request.role !== 'monitor');
    this.#cut = cut;
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // Who only looks at `closed` need not look at `opened`.
    this.opened.catch(ignore);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#session = endpoint.connection.openSession(request, {
      opened: (opened) => this.#open(opened),
      received: (bytes) => this.#received.push(bytes),
      event: (event) => this.#event(event),
      discarded: (offset) => this.#received.discard(offset),
      done: (done) => this.#done(done),
      writable: () => this.#listener?.writable(),
      taken: () => this.#received.readOffset,
      cut: (error) => this.#lose(error),
      resumed: () => this.#restoreState(),
      ended: (error) => this.#end(error),
    });
  }

  /** Goes on with another connection to the peer, after a cut. @throws SercliError where that one has ended already */
  carryOn(endpoint: NativeEndpoint): void {
    endpoint.connection.carry(this.#session);
  }

  get info(): LinkInfo {
    return this.#info;
  }

  get state(): LinkState {
    return this.#state;
  }

  get settings(): LineSettings {
    return this.#port.settings;
  }

  get lines(): ModemLines {
    return this.#port.lines;
  }

  /** Where reading began. */
  get start(): StartPlace {
    return this.#port.start;
  }

  /** The peer keeps the session when its connection is cut, and its log by offsets. */
  get isResumable(): boolean {
    return this.#port.drainedOffset !== undefined;
  }

  /** Who controls the port, if it is not this link. */
  get controller(): Controller | undefined {
    return this.#port.controller;
  }

  get readOffset(): number {
    return this.#received.readOffset;
  }

  /** Offset of the byte that comes next from the peer. */
  get receivedOffset(): number {
    return this.#received.endOffset;
  }

  get writeOffset(): number {
    return this.#session.sentOffset;
  }

  get takenOffset(): number {
    return this.#session.takenOffset;
  }

  get drainedOffset(): number {
    return this.#port.drainedOffset ?? this.takenOffset;
  }

  get hasControl(): boolean {
    return this.#port.hasControl;
  }

  peek(maxBytes: number): Uint8Array {
    // While a flush is under way, what comes may have been sent before the peer heard of it.
    if (this.#flushes > 0) return noBytes;
    return this.#received.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#received.consume(bytes);
    this.#session.consumed(performance.now());
  }

  write(bytes: Uint8Array): number {
    return this.hasControl ? this.#session.write(bytes, performance.now()) : 0;
  }

  async configure(change: LineSettingsChange): Promise<LineSettings> {
    const { settings } = await this.#request({ kind: 'configure', change });
    return settings ?? this.settings;
  }

  async runSequence(steps: readonly SequenceStep[]): Promise<void> {
    await this.#request({ kind: 'run-sequence', steps });
  }

  async drain(): Promise<void> {
    await this.#request({ kind: 'drain' });
  }

  async flush(queue: FlushQueue): Promise<void> {
    checkPortRequest({ kind: 'flush', queue });
    if (queue === 'unsent' || this.#state.kind === 'closed')
      return void (await this.#request({ kind: 'flush', queue }));
    this.#flushes += 1;
    this.#received.discard();
    try {
      await this.#request({ kind: 'flush', queue });
    } finally {
      this.#flushes -= 1;
      if (this.peek(1).length > 0) this.#listener?.readable();
    }
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#received.listen(listener);
  }

  /** Where the connection is cut, it ends at once, with the error that cut it. */
  async close(): Promise<void> {
    if (this.#state.kind === 'closed') return;
    if (this.#state.kind === 'opening') await this.opened.catch(ignore);
    this.#session.close(undefined, performance.now());
    await this.closed;
  }

  abort(error: SercliError): void {
    this.#session.close(error, performance.now());
  }

  async #request(request: PortRequest): Promise<Done> {
    if (this.#state.kind === 'closed') throw this.#whyClosed(this.#state.error);
    checkPortRequest(request);
    const reason = this.#requests.whyTooMuch(request);
    if (reason !== undefined) {
      throw new SercliError('request-refused', { what: request.kind, port: this.#info.name, reason });
    }
    return this.#requests.send(request, (wanted) => this.#session.request(wanted));
  }

  #open(opened: Opened): void {
    this.#info = { name: opened.name, device: this.#info.device };
    this.#port.open(opened);
    this.#received = new ReceiveQueue(opened.offset);
    if (this.#listener !== undefined) this.#received.listen(this.#listener);
    this.#setState({ kind: 'up' });
    this.#resolveOpened();
  }

  #event(event: PortEvent): void {
    switch (event.kind) {
      case 'break':
        return this.#received.pushBreak();
      case 'gap':
        return this.#received.pushGap(event.bytes);
      case 'line-error':
        return this.#received.pushLineError(event.error);
      default:
        this.#tell(this.#port.note(event, { offset: this.writeOffset, taken: this.takenOffset }));
    }
    if (event.kind === 'lost' || event.kind === 'back') this.#restoreState();
    // Who waits to write learns that it cannot.
    if (event.kind === 'control') this.#listener?.writable();
  }

  #done({ sequence, ...done }: Done): void {
    if (done.settings !== undefined) this.#tell(this.#port.setSettings(done.settings));
    this.#requests.answer({ sequence, ...done });
  }

  #tell(event: LinkEvent | undefined): void {
    if (event !== undefined) this.#listener?.event(event);
  }

  #lose(error: SercliError): void {
    if (this.#cut === undefined) return this.abort(error);
    this.#setState({ kind: 'lost', reason: error.message });
    this.#cut(error);
  }

  /** The connection carries the session: what the device is decides. */
  #restoreState(): void {
    const reason = this.#port.deviceLost;
    this.#setState(reason === undefined ? { kind: 'up' } : { kind: 'lost', reason });
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#listener?.event({ kind: 'state', state });
  }

  #end(error: SercliError | undefined): void {
    const reason = this.#whyClosed(error);
    this.#requests.fail(reason);
    this.#setState(error === undefined ? { kind: 'closed' } : { kind: 'closed', error });
    this.#rejectOpened(reason);
    this.#resolveClosed(error);
  }

  #whyClosed(error: SercliError | undefined): SercliError {
    return error ?? new SercliError('closed', { what: this.#info.device });
  }
}

const noBytes = new Uint8Array(0);

function ignore(): void {
  // The promise that this stands for is settled already, or nobody waits for it.
}
