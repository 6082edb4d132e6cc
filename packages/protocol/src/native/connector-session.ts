import { errorFromTold, SercliError, tellError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { LineSettingsChange } from '../line-settings.ts';
import type { ConnectorHandlers } from './connector-handlers.ts';
import type { Message, MessageOf } from './message-table.ts';
import type { SessionRole, SessionStart } from './messages/open.ts';
import type { PortRequest } from './messages/request.ts';
import type { Session } from './session.ts';
import { SessionStream, type SessionWay } from './session-stream.ts';
import { checkPortRequest, checkSessionRequest } from './wanted.ts';

/** What is asked for when a session is opened. */
export interface SessionRequest {
  readonly port: string;
  /** Applied before the first byte. */
  readonly settings?: LineSettingsChange | undefined;
  /** `control` unless said otherwise. */
  readonly role?: SessionRole | undefined;
  /** Takes control from who has it. */
  readonly takes?: boolean | undefined;
  /** Where reading begins; with what comes from now on unless said otherwise. */
  readonly start?: SessionStart | undefined;
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  | { readonly kind: 'cut'; readonly error: SercliError }
  /** RESUME was sent. */
  | { readonly kind: 'resuming'; readonly error: SercliError }
  | { readonly kind: 'closing' }
  | { readonly kind: 'ended' };

/** The dialling end of a session: one port of the peer. */
export class ConnectorSession implements Session {
  readonly #request: SessionRequest;
  readonly #stream: SessionStream;
  readonly #handlers: ConnectorHandlers;
  readonly #window: number;
  #state: State = { kind: 'opening' };
  #token: string | undefined;
  /** How often RESUME was said. */
  #attempt = 0;
  #lastRequest = 0;
  #isWriterWaiting = false;

  /** @throws SercliError as `checkSessionRequest` */
  constructor(request: SessionRequest, handlers: ConnectorHandlers, limits: Limits) {
    checkSessionRequest(request);
    this.#request = request;
    this.#handlers = handlers;
    this.#window = limits.receiveWindowBytes;
    const progress = {
      taken: () => handlers.taken(),
      applied: () => this.#stream.inbox.number,
      windowBytes: () => this.#window,
    };
    this.#stream = new SessionStream(progress, limits);
  }

  get dueAt(): number {
    return this.#stream.dueAt;
  }

  get isOver(): boolean {
    return this.#state.kind === 'ended';
  }

  /** It needs a connection: to be opened, or after a cut. */
  get isWaiting(): boolean {
    return this.#state.kind === 'cut' || (this.#state.kind === 'opening' && !this.#stream.isCarried);
  }

  /** Bytes given to the carrier so far. */
  get sentOffset(): number {
    return this.#stream.sentOffset;
  }

  /** Bytes that the device's driver has taken, as far as this side knows. */
  get takenOffset(): number {
    return this.#stream.peerTaken;
  }

  /** A connection carries the session from now on: it is opened there, or goes on. */
  attach(way: SessionWay, wire: number): void {
    this.#stream.attach(way);
    if (this.#state.kind !== 'cut') return this.#open(wire);
    if (wire < 2 || this.#token === undefined) {
      return this.connectionClosed(new SercliError('session-unknown', { reason: 'an older release runs there now' }));
    }
    this.#state = { kind: 'resuming', error: this.#state.error };
    this.#attempt += 1;
    this.#stream.send({
      type: 'resume',
      token: this.#token,
      attempt: this.#attempt,
      ...this.#stream.inbox.resumePoint,
    });
  }

  /** Sends what the window and the carrier take of `bytes`, and says how much; after a short count `writable` follows. */
  write(bytes: Uint8Array, now: number): number {
    let sent = 0;
    while (this.#state.kind === 'open' && sent < bytes.length) {
      const fits = this.#stream.sendableBytes;
      if (fits === 0) break;
      const part = bytes.subarray(sent, sent + fits);
      this.#stream.sendData(part, now);
      sent += part.length;
    }
    this.#isWriterWaiting = sent < bytes.length;
    return sent;
  }

  /**
   * Sends a request behind the bytes written before; `done` tells how it ended. Returns its number.
   *
   * @throws SercliError as `checkPortRequest`
   */
  request(request: PortRequest): number {
    checkPortRequest(request);
    const offset = this.#stream.sentOffset;
    this.#stream.sendNumbered((sequence) => ({ type: 'request', sequence, offset, request }));
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  /** The application took received bytes. */
  consumed(now: number): void {
    if (this.#state.kind === 'open') this.#stream.touch(now);
  }

  /**
   * Ends the session: on purpose once everything sent has been handed to the device, with an error at once. One that is
   * cut off ends at once, with the error that cut it.
   */
  close(error: SercliError | undefined, now: number): void {
    if (this.#state.kind === 'ended') return;
    const why = error ?? ('error' in this.#state ? this.#state.error : undefined);
    if (this.#state.kind === 'opening' && !this.#stream.isCarried) return this.#end(why);
    // One that is closing already can still be given up; its channel stays in use until the peer has answered.
    if (why === undefined) {
      this.#stream.close(undefined, now);
      this.#state = { kind: 'closing' };
    } else {
      this.#stream.closeAtOnce(tellError(why));
      this.#end(why);
    }
  }

  receiveData(offset: number, bytes: Uint8Array): void {
    if (this.#state.kind === 'opening' || this.#state.kind === 'resuming') throw this.#unexpected('data');
    if (this.#state.kind !== 'open') return;
    this.#stream.inbox.data(offset, bytes.length, this.#stream.channel);
    this.#handlers.received(bytes);
  }

  receiveMessage(message: Message, now: number): void {
    const { kind } = this.#state;
    const isAwaiting = kind === 'opening' || kind === 'resuming';
    if (isAwaiting && !answersTo[kind].includes(message.type)) throw this.#unexpected(message.type);
    switch (message.type) {
      case 'opened':
        return this.#receiveOpened(message, now);
      case 'resumed':
        return this.#receiveResumed(message, now);
      case 'ack':
        this.#stream.receiveAck(message);
        return this.pump(now);
      case 'event':
        return this.#receiveEvent(message, now);
      case 'done':
        return this.#receiveDone(message, now);
      case 'close':
        return this.#receiveClose(message);
      default:
        throw this.#unexpected(message.type);
    }
  }

  pump(now: number): void {
    this.#stream.carryOn();
    if (this.#state.kind !== 'open' || !this.#isWriterWaiting || this.#stream.sendableBytes === 0) return;
    this.#isWriterWaiting = false;
    this.#handlers.writable(now);
  }

  tick(now: number): void {
    this.#stream.tick(now);
  }

  connectionLost(error: SercliError): void {
    const isKept = this.#state.kind === 'open' || this.#state.kind === 'resuming' || this.#state.kind === 'cut';
    if (!isKept || this.#token === undefined) return this.connectionClosed(error);
    this.#stream.detach();
    this.#state = { kind: 'cut', error };
    this.#handlers.cut(error);
  }

  connectionClosed(error: SercliError): void {
    this.#stream.end();
    this.#end(error);
  }

  #open(wire: number): void {
    const { port, settings = {}, ...request } = this.#request;
    const open = { type: 'open', port, settings, window: this.#window } as const;
    const asked = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
    const missing = Object.keys(asked).join(', ');
    if (wire >= 2 || missing === '') return this.#stream.send({ ...open, ...asked });
    this.connectionClosed(new SercliError('peer-too-old', { what: `opening ${port} with ${missing}`, needs: 2, wire }));
  }

  #receiveOpened(opened: MessageOf<'opened'>, now: number): void {
    if (this.#state.kind === 'closing' || this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'opening') throw this.#unexpected('opened');
    this.#stream.begin({
      sendFrom: 0,
      sendLimit: opened.limit,
      receiveFrom: opened.offset,
      receiveLimit: opened.offset + this.#window,
      isKept: opened.token !== undefined,
    });
    this.#token = opened.token;
    this.#state = { kind: 'open' };
    this.#isWriterWaiting = true;
    this.#handlers.opened(opened);
    this.pump(now);
  }

  #receiveResumed(point: MessageOf<'resumed'>, now: number): void {
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'resuming') throw this.#unexpected('resumed');
    this.#stream.checkPoint(point);
    this.#state = { kind: 'open' };
    this.#stream.goOnFrom(point, now);
    this.#handlers.resumed();
    this.pump(now);
  }

  #receiveEvent({ sequence, offset, event }: MessageOf<'event'>, now: number): void {
    if (this.#state.kind !== 'open') return;
    this.#stream.inbox.numbered('event', sequence, offset);
    if (event.kind === 'gap') this.#stream.inbox.skipTo(offset + (event.bytes ?? 0));
    this.#handlers.event(event);
    // A gap can use up the window, and who waits for bytes then has none to consume.
    if (event.kind === 'gap') this.#stream.touch(now);
    if (this.#stream.inbox.hasUnacked) this.#stream.acknowledge(now);
  }

  #receiveDone(done: MessageOf<'done'>, now: number): void {
    if (this.#state.kind !== 'open') return;
    if (done.number !== undefined) this.#stream.inbox.numbered('done', done.number);
    if (done.discardedTo !== undefined) {
      this.#stream.inbox.skipTo(done.discardedTo);
      this.#handlers.discarded(done.discardedTo);
    }
    this.#handlers.done(done);
    if (done.discardedTo !== undefined) this.#stream.touch(now);
    if (this.#stream.inbox.hasUnacked) this.#stream.acknowledge(now);
  }

  #receiveClose({ error }: MessageOf<'close'>): void {
    this.#stream.closeAtOnce(undefined);
    this.#stream.receiveClose();
    this.#end(error === undefined ? this.#closedByPeer() : errorFromTold(error));
  }

  #closedByPeer(): SercliError | undefined {
    if (this.#state.kind === 'closing') return undefined;
    return new SercliError('session-ended', { port: this.#request.port, reason: 'the agent closed it' });
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    this.#handlers.ended(error);
  }

  #unexpected(type: string): SercliError {
    const reason = `where the session is ${this.#state.kind}`;
    return new SercliError('frame-unexpected', { type, channel: this.#stream.channel, reason });
  }
}

/** What may come while an answer is awaited. */
const answersTo: Readonly<Record<'opening' | 'resuming', readonly string[]>> = {
  opening: ['opened', 'close'],
  resuming: ['resumed', 'close'],
};
