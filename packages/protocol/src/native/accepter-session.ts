import { errorFromTold, SercliError, tellError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { AccepterHandlers, SessionKeeper } from './accepter-handlers.ts';
import { DriverWindow } from './driver-window.ts';
import type { Message, MessageOf } from './message-table.ts';
import type { Done } from './messages/done.ts';
import { isSinceWire2, type PortEvent } from './messages/event.ts';
import { type Opened, openedOfWire1 } from './messages/opened.ts';
import { PresentEvents } from './present-events.ts';
import { checkRequest } from './request-limits.ts';
import type { Session } from './session.ts';
import { SessionStream, type SessionWay } from './session-stream.ts';

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** The client has sent CLOSE. */
  | { readonly kind: 'closing' }
  /** This side has closed; what was said before is still on its way to the client. */
  | { readonly kind: 'ending' }
  | { readonly kind: 'ended' };

/** The serving end of a session. */
export class AccepterSession implements Session {
  readonly #stream: SessionStream;
  readonly #limits: Limits;
  readonly #window: DriverWindow;
  readonly #clientWindow: number;
  readonly #wire: number;
  #handlers: AccepterHandlers | undefined;
  #keeper: SessionKeeper | undefined;
  #state: State = { kind: 'opening' };
  /** Requests that are done, beyond the unbroken run up to `#applied`. */
  readonly #finished = new Set<number>();
  #applied = 0;
  #resumptions = 0;
  #lastAttempt = 0;
  readonly #present = new PresentEvents();

  /** @param wire the version that the connector and this side share */
  constructor(open: MessageOf<'open'>, way: SessionWay, { limits, wire }: { limits: Limits; wire: number }) {
    this.#limits = limits;
    this.#wire = wire;
    this.#window = new DriverWindow(limits);
    this.#clientWindow = open.window;
    const progress = {
      taken: () => this.#handlers?.taken() ?? 0,
      applied: () => this.#applied,
      windowBytes: (now: number) => this.#windowBytes(now),
    };
    this.#stream = new SessionStream(progress, limits);
    this.#stream.attach(way);
  }

  get dueAt(): number {
    return this.#stream.dueAt;
  }

  /** Whether a client that was cut off can come back to it. */
  get isResumable(): boolean {
    return this.#wire >= 2;
  }

  /** How often the client has come back. */
  get resumptions(): number {
    return this.#resumptions;
  }

  /** How many bytes may be under way to the client beyond those that its application has taken. */
  get windowBytes(): number {
    return this.#stream.windowBytes;
  }

  /** How many bytes may be sent to the client now, in one frame. */
  get sendableBytes(): number {
    return this.#state.kind === 'open' ? this.#stream.sendableBytes : 0;
  }

  /** Offset of the next byte to the client, in the device's count. */
  get sentOffset(): number {
    return this.#stream.sentOffset;
  }

  /** Gives the client the port; false if it has gone in the meantime. */
  accept(opened: Omit<Opened, 'limit'>, handlers: AccepterHandlers, keeper?: SessionKeeper): boolean {
    if (this.#state.kind !== 'opening') return false;
    this.#handlers = handlers;
    this.#keeper = keeper;
    const limit = this.#limits.sendWindowMinBytes;
    this.#state = { kind: 'open' };
    this.#stream.send({ type: 'opened', ...(this.#wire < 2 ? openedOfWire1(opened) : opened), limit });
    this.#stream.begin({
      sendFrom: opened.offset,
      sendLimit: opened.offset + this.#clientWindow,
      receiveFrom: 0,
      receiveLimit: limit,
      isKept: this.#isKept,
    });
    return true;
  }

  /** The client has come back since it said this, on a connection that it has left. */
  isLate({ attempt }: MessageOf<'resume'>): boolean {
    return attempt <= this.#lastAttempt;
  }

  /**
   * The client comes back on another connection. One that still carries the session is given up for all its sessions.
   *
   * @throws SercliError `frame-malformed` where it says that it has come to where it cannot be, `frame-unexpected` where
   *   the same connection carries the session already
   */
  resume(way: SessionWay, point: MessageOf<'resume'>, now: number): void {
    if (this.#stream.isCarriedBy(way.carrier)) {
      throw this.#unexpected('resume', 'and this connection carries the session already');
    }
    this.#stream.checkPoint(point);
    this.#stream.abandonWay();
    this.#stream.attach(way);
    this.#resumptions += 1;
    this.#lastAttempt = point.attempt;
    this.#stream.send({ type: 'resumed', ...this.#stream.inbox.resumePoint });
    this.#stream.goOnFrom(point, now);
    this.#keeper?.resumed();
    this.#sendPresent();
    this.pump(now);
  }

  /** The client has not come back in time. */
  expire(error: SercliError): void {
    this.connectionClosed(error);
  }

  /** Sends at most `sendableBytes`. */
  sendData(bytes: Uint8Array, now: number): void {
    this.#stream.sendData(bytes, now);
  }

  /** Tells an event. A client that does not acknowledge `keptMessages` of them is given up. */
  sendEvent(event: PortEvent): void {
    if (this.#state.kind !== 'open' || (this.#wire < 2 && isSinceWire2(event))) return;
    if (!this.#stream.isCarried && this.#present.keep(event)) return;
    if (this.#stream.isFull) return this.#giveUp();
    this.#sendPresent();
    this.#sendNow(event);
  }

  #sendPresent(): void {
    for (const event of this.#present.take()) this.#sendNow(event);
  }

  #sendNow(event: PortEvent): void {
    const offset = this.#stream.sentOffset;
    const nextOffset = offset + (event.kind === 'gap' ? (event.bytes ?? 0) : 0);
    this.#stream.sendNumbered((sequence) => ({ type: 'event', sequence, offset, event }), nextOffset);
  }

  /** Answers a request. `discardedTo` of a flush also moves the sending on. */
  finish(done: Omit<Done, 'number'>, now: number): void {
    if (this.#state.kind === 'ended' || this.#state.kind === 'ending') return;
    this.#finished.add(done.sequence);
    while (this.#finished.delete(this.#applied + 1)) this.#applied += 1;
    // Who drained knows by the answer that every byte was taken.
    if (this.#state.kind === 'open') this.#stream.acknowledge(now);
    if (this.#wire >= 2) {
      this.#sendPresent();
      this.#stream.sendNumbered((number) => ({ type: 'done', ...done, number }), done.discardedTo);
    } else {
      this.#stream.send({ type: 'done', ...done });
      this.#stream.skipSentTo(done.discardedTo ?? 0);
    }
  }

  /** The driver took bytes. */
  taken(now: number): void {
    if (this.#state.kind === 'open') this.#stream.touch(now);
  }

  /** Ends the session from this side: on purpose, or with an error that the client is told, behind everything else. */
  close(error: SercliError | undefined, now: number): void {
    const { kind } = this.#state;
    if (kind === 'ending' || kind === 'ended') return;
    if (kind === 'open') this.#sendPresent();
    this.#state = { kind: 'ending' };
    const told = error === undefined ? undefined : tellError(error);
    if (kind === 'open') this.#stream.close(told, now);
    else this.#stream.closeAtOnce(told);
    if (kind === 'closing') this.#stream.receiveClose();
    if (!this.#stream.isCarried && !(this.#isKept && kind === 'open')) this.#stream.end();
    this.#forgetIfOver();
  }

  receiveData(offset: number, bytes: Uint8Array, now: number): void {
    if (this.#state.kind === 'ended' || this.#state.kind === 'ending') return;
    if (this.#state.kind !== 'open') throw this.#unexpected('data');
    this.#stream.inbox.data(offset, bytes.length, this.#stream.channel);
    this.#handlers?.received(bytes, now);
    this.#stream.touch(now);
  }

  receiveMessage(message: Message, now: number): void {
    if (message.type === 'close') return this.#receiveClose(message);
    if (this.#state.kind === 'ended' || this.#state.kind === 'ending') return;
    if (this.#state.kind !== 'open') throw this.#unexpected(message.type);
    switch (message.type) {
      case 'ack':
        this.#stream.receiveAck(message);
        return this.pump(now);
      case 'request':
        return this.#receiveRequest(message);
      default:
        throw this.#unexpected(message.type);
    }
  }

  pump(now: number): void {
    this.#stream.carryOn();
    if (this.sendableBytes > 0) this.#handlers?.sendable(now);
  }

  tick(now: number): void {
    this.#stream.tick(now);
  }

  connectionLost(error: SercliError): void {
    if (!this.#isKept || this.#state.kind === 'ended') return this.connectionClosed(error);
    this.#stream.detach();
    this.#keeper?.cut(error);
  }

  connectionClosed(error: SercliError): void {
    this.#stream.end();
    this.#end(error);
  }

  /** Somebody keeps it for a client that comes back. */
  get #isKept(): boolean {
    return this.isResumable && this.#keeper !== undefined;
  }

  #windowBytes(now: number): number {
    const taken = this.#handlers?.taken() ?? 0;
    const waiting = this.#stream.inbox.offset - taken;
    return this.#window.size(now, this.#stream.roundTripMs, { taken, waiting });
  }

  #receiveRequest({ sequence, offset, request }: MessageOf<'request'>): void {
    this.#stream.inbox.numbered('request', sequence, offset);
    const { pendingRequests } = this.#limits;
    const isTooMuch = sequence - this.#applied > pendingRequests;
    if (isTooMuch || this.#stream.isFull) {
      const reason = isTooMuch
        ? `where ${pendingRequests} requests wait already`
        : 'where the answers to those before it are not acknowledged';
      throw this.#unexpected('request', reason);
    }
    checkRequest(request, this.#limits);
    this.#handlers?.request(sequence, offset, request);
  }

  #receiveClose({ error }: MessageOf<'close'>): void {
    if (this.#state.kind === 'closing') throw this.#unexpected('close');
    const isOver = this.#state.kind === 'ended' || this.#state.kind === 'ending';
    if (!isOver && error === undefined && this.#state.kind === 'open') {
      this.#state = { kind: 'closing' };
      this.#handlers?.closing();
      return;
    }
    this.#stream.closeAtOnce(undefined);
    this.#stream.receiveClose();
    if (isOver) return this.#forgetIfOver();
    const aborted = new SercliError('session-ended', { port: 'the port', reason: 'the client gave it up' });
    this.#end(error === undefined ? aborted : errorFromTold(error));
  }

  #giveUp(): void {
    const reason = `${this.#limits.keptMessages} events wait for the client, which has acknowledged none of them`;
    const error = new SercliError('session-ended', { port: 'the port', reason });
    this.#stream.closeAtOnce(tellError(error));
    this.#end(error);
  }

  #end(error: SercliError): void {
    if (this.#state.kind !== 'ended' && this.#state.kind !== 'ending') this.#handlers?.ended(error);
    this.#forgetIfOver();
  }

  /** After both CLOSE, or without a connection to say them. */
  #forgetIfOver(): void {
    if (this.#state.kind === 'ended') return;
    this.#state = this.#stream.isOver ? { kind: 'ended' } : { kind: 'ending' };
    if (this.#stream.isOver) this.#keeper?.over();
  }

  #unexpected(type: string, reason: string = `where the session is ${this.#state.kind}`): SercliError {
    return new SercliError('frame-unexpected', { type, channel: this.#stream.channel, reason });
  }
}
