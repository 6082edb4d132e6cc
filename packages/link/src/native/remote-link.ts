import {
  type ConnectorSession,
  type Done,
  defaultLimits,
  defaultLineSettings,
  equalLineSettings,
  errorFromTold,
  type FlushQueue,
  type LineSettings,
  type LineSettingsChange,
  type ModemLines,
  noModemLines,
  type Opened,
  type PortEvent,
  type PortRequest,
  type SequenceStep,
  SercliError,
} from '@sercli/protocol';
import { ReceiveQueue } from '../receive-queue.ts';
import type { LinkInfo, LinkListener, LinkState, SerialLink } from '../serial-link.ts';
import type { NativeEndpoint } from './endpoint.ts';

interface Waiting {
  resolve(done: Done): void;
  reject(error: SercliError): void;
}

/** A port of a peer: the dialling end of a session of the native protocol, as a link. */
export class RemoteLink implements SerialLink {
  /** Resolves when the peer has given the port; rejects with the reason why not. */
  readonly opened: Promise<void>;
  readonly closed: Promise<SercliError | undefined>;
  readonly #endpoint: NativeEndpoint;
  readonly #session: ConnectorSession;
  readonly #waiting = new Map<number, Waiting>();
  #received = new ReceiveQueue();
  #listener: LinkListener | undefined;
  /** Flushes of received bytes that the peer has not confirmed. */
  #flushes = 0;
  #state: LinkState = { kind: 'opening' };
  #info: LinkInfo;
  #settings: LineSettings = defaultLineSettings;
  #lines: ModemLines = noModemLines;
  #drainedOffset = 0;
  #hasControl = true;
  #resolveOpened: () => void = ignore;
  #rejectOpened: (error: SercliError) => void = ignore;
  #resolveClosed: (error: SercliError | undefined) => void = ignore;

  constructor(endpoint: NativeEndpoint, host: string, port: string, settings: LineSettingsChange) {
    this.#endpoint = endpoint;
    this.#info = { name: port, device: `${host}/${port}` };
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // Who only looks at `closed` need not look at `opened`.
    this.opened.catch(ignore);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#session = endpoint.connection.openSession(port, settings, {
      opened: (opened) => this.#open(opened),
      received: (bytes) => this.#received.push(bytes),
      event: (event) => this.#event(event),
      discarded: (offset) => this.#received.discard(offset),
      done: (done) => this.#done(done),
      writable: () => this.#listener?.writable(),
      taken: () => this.#received.readOffset,
      ended: (error) => this.#end(error),
    });
  }

  get info(): LinkInfo {
    return this.#info;
  }

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
    return this.#received.readOffset;
  }

  get writeOffset(): number {
    return this.#session.sentOffset;
  }

  get takenOffset(): number {
    return this.#session.takenOffset;
  }

  get drainedOffset(): number {
    return this.#drainedOffset;
  }

  get hasControl(): boolean {
    return this.#hasControl;
  }

  peek(maxBytes: number): Uint8Array {
    // While a flush is under way, what comes may have been sent before the peer heard of it.
    if (this.#flushes > 0) return noBytes;
    return this.#received.peek(maxBytes);
  }

  consume(bytes: number): void {
    this.#received.consume(bytes);
    this.#session.consumed(performance.now());
    this.#endpoint.touch();
  }

  write(bytes: Uint8Array): number {
    return this.#session.write(bytes, performance.now());
  }

  async configure(change: LineSettingsChange): Promise<LineSettings> {
    const { settings } = await this.#request({ kind: 'configure', change });
    return settings ?? this.#settings;
  }

  async runSequence(steps: readonly SequenceStep[]): Promise<void> {
    await this.#request({ kind: 'run-sequence', steps });
  }

  async drain(): Promise<void> {
    await this.#request({ kind: 'drain' });
  }

  async flush(queue: FlushQueue): Promise<void> {
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

  async close(): Promise<void> {
    if (this.#state.kind === 'closed') return;
    if (this.#state.kind === 'opening') await this.opened.catch(ignore);
    this.#session.close(undefined, performance.now());
    await this.closed;
  }

  abort(error: SercliError): void {
    this.#session.close(error, performance.now());
  }

  #request(request: PortRequest): Promise<Done> {
    if (this.#state.kind === 'closed') return Promise.reject(this.#whyClosed(this.#state.error));
    const refusal = this.#whyTooMuch(request);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#session.request(request), { resolve, reject });
    });
  }

  /** What the peer would end the connection for. */
  #whyTooMuch(request: PortRequest): SercliError | undefined {
    const { pendingRequests, sequenceSteps, stepWaitMs } = defaultLimits;
    const refuse = (reason: string): SercliError =>
      new SercliError('request-refused', { what: request.kind, port: this.#info.name, reason });
    if (this.#waiting.size >= pendingRequests) return refuse(`${pendingRequests} requests wait already`);
    if (request.kind !== 'run-sequence') return undefined;
    const { steps } = request;
    if (steps.length <= sequenceSteps && steps.every(({ waitMs = 0 }) => waitMs <= stepWaitMs)) return undefined;
    return refuse(`a sequence has at most ${sequenceSteps} steps of at most ${stepWaitMs} ms`);
  }

  #open(opened: Opened): void {
    this.#info = { name: opened.name, device: this.#info.device };
    this.#settings = opened.settings;
    this.#lines = opened.lines;
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
      case 'inputs':
        this.#lines = { ...this.#lines, ...event.inputs };
        return this.#listener?.event(event);
      case 'settings':
        return this.#setSettings(event.settings);
      case 'lost':
        return this.#setState({ kind: 'lost', reason: event.reason });
      case 'back':
        this.#lines = event.lines;
        this.#setState({ kind: 'up' });
        return this.#setSettings(event.settings);
      case 'drained':
        this.#drainedOffset = event.sent;
        return this.#listener?.event({ kind: 'drained', offset: event.sent });
      case 'in-doubt':
      case 'hold':
        return this.#listener?.event(event);
      case 'control':
        return this.#controlChanged(event);
      default:
        return event satisfies never;
    }
  }

  #controlChanged({ isYours, taken, controller }: Extract<PortEvent, { kind: 'control' }>): void {
    const unsentBytes = this.#hasControl && !isYours ? this.writeOffset - taken : 0;
    this.#hasControl = isYours;
    this.#listener?.event({ kind: 'control', hasControl: isYours, controller, unsentBytes });
  }

  #done({ sequence, ...done }: Done): void {
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (done.settings !== undefined) this.#setSettings(done.settings);
    if (done.error === undefined) waiting?.resolve({ sequence, ...done });
    else waiting?.reject(errorFromTold(done.error));
  }

  #setSettings(settings: LineSettings): void {
    if (equalLineSettings(settings, this.#settings)) return;
    this.#settings = settings;
    this.#listener?.event({ kind: 'settings', settings });
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#listener?.event({ kind: 'state', state });
  }

  #end(error: SercliError | undefined): void {
    const reason = this.#whyClosed(error);
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
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
