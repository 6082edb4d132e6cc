import { SercliError, type ToldError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { encodeDataHeader, encodeMessage } from './frame-encoder.ts';
import { Inbox, type ReceiveProgress } from './inbox.ts';
import type { Message, MessageOf } from './message-table.ts';
import { Outbox, type ResumePoint } from './outbox.ts';

/** What a session has of the connection that carries it. */
export interface SessionCarrier {
  send(head: Uint8Array, body?: Uint8Array): void;
  /** So much waits unsent that data has to wait; messages do not. */
  readonly isCongested: boolean;
  roundTripMs(): number;
  /** `tick` is due then, which may be earlier than what was due before. */
  wake(at: number): void;
  /** The channel is free again. */
  release(channel: number): void;
  /** The peer has given this connection up and goes on with another. */
  abandon(): void;
}

/** The connection that carries a session, and the session's channel there. */
export interface SessionWay {
  readonly channel: number;
  readonly carrier: SessionCarrier;
}

/** What OPEN and OPENED settle. */
export interface SessionWindows {
  readonly sendFrom: number;
  readonly sendLimit: number;
  readonly receiveFrom: number;
  readonly receiveLimit: number;
  /** Another connection may carry the session on, so that what is sent is kept until it is acknowledged. */
  readonly isKept: boolean;
}

type State =
  /** The windows are not settled yet. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** CLOSE is this side's last message, behind everything that was said before. */
  | { readonly kind: 'closing'; readonly close: MessageOf<'close'>; isSent: boolean }
  | { readonly kind: 'closed' };

/**
 * What one end of a session says and hears, the same at both ends: data within the windows, numbered messages among it,
 * acknowledgements, the closing. It outlives the connection that carries it, and goes on with the next where the peer
 * has come to.
 *
 * Offsets count bytes of one direction from the beginning of the session or, towards the client, of the port's epoch.
 */
export class SessionStream {
  readonly inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #limits: Limits;
  #state: State = { kind: 'opening' };
  #way: SessionWay | undefined;
  /** Both sides know where to go on, so the way can be used. */
  #isCarrying = false;
  #ackDueAt = Number.POSITIVE_INFINITY;

  constructor(progress: ReceiveProgress, limits: Limits) {
    this.inbox = new Inbox(progress);
    this.#outbox = new Outbox(limits);
    this.#limits = limits;
  }

  /** The session's channel; 0 while no connection carries it. */
  get channel(): number {
    return this.#way?.channel ?? 0;
  }

  get isCarried(): boolean {
    return this.#way !== undefined;
  }

  get roundTripMs(): number {
    return this.#way?.carrier.roundTripMs() ?? 0;
  }

  /** Offset of the next byte to send. */
  get sentOffset(): number {
    return this.#outbox.sentOffset;
  }

  /** Bytes below this offset were taken by the peer's driver or application. */
  get peerTaken(): number {
    return this.#outbox.peerTaken;
  }

  /** How many bytes may be under way to the peer beyond those that it has taken. */
  get windowBytes(): number {
    return this.#outbox.windowBytes;
  }

  get isOver(): boolean {
    return this.#state.kind === 'closed';
  }

  /** So many messages wait for the peer's acknowledgement that nothing should be added that can wait. */
  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  isCarriedBy(carrier: SessionCarrier): boolean {
    return this.#way?.carrier === carrier;
  }

  /** When `tick` has something to do, in the time of `now`. */
  get dueAt(): number {
    return this.#ackDueAt;
  }

  /** A connection is to carry the session; `begin` or `goOnFrom` says from where. */
  attach(way: SessionWay): void {
    this.detach();
    this.#way = way;
  }

  /** No connection carries the session any more. */
  detach(): void {
    const way = this.#way;
    this.#way = undefined;
    this.#isCarrying = false;
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    if (this.#state.kind === 'closing') this.#state.isSent = false;
    way?.carrier.release(way.channel);
  }

  /** The peer goes on with another connection, so nothing that comes on this one counts any more. */
  abandonWay(): void {
    this.#way?.carrier.abandon();
  }

  /** The windows that OPEN and OPENED settle. What was said before goes out now. */
  begin(windows: SessionWindows): void {
    this.#outbox.begin(windows.sendFrom, windows.sendLimit, windows.isKept);
    this.inbox.begin(windows.receiveFrom, windows.receiveLimit);
    this.#state = { kind: 'open' };
    this.#isCarrying = this.#way !== undefined;
    this.carryOn();
  }

  /** @throws SercliError `frame-malformed` where the peer cannot have come so far, or what it lacks it has acknowledged */
  checkPoint(point: MessageOf<'resume' | 'resumed'>): void {
    if (this.#outbox.canGoOnFrom(point)) return;
    const reason = `it goes on from byte ${point.offset} and message ${point.sequence}, which is no place to go on from`;
    throw new SercliError('frame-malformed', { type: point.type, reason });
  }

  /** Says again what the peer has not heard. */
  goOnFrom(point: ResumePoint, now: number): void {
    this.#outbox.goOnFrom(point);
    this.#isCarrying = this.#way !== undefined;
    // First, so that who learns that a request was done knows that the bytes before it were taken.
    this.inbox.forgetAcks();
    if (this.#state.kind === 'open') this.acknowledge(now);
    this.carryOn();
  }

  /** Gives the connection what it has not been given yet, as far as it takes it. */
  carryOn(): void {
    for (let way = this.#way; way !== undefined && this.#isCarrying; way = this.#way) {
      const item = this.#outbox.next(this.#limits.dataBytes);
      if (item === undefined) return this.#sendClose();
      if (item.kind === 'data' && way.carrier.isCongested) return;
      this.#outbox.carried(item);
      if (item.kind === 'message') this.send(item.message);
      else way.carrier.send(encodeDataHeader(way.channel, item.offset, item.bytes.length), item.bytes);
    }
  }

  /** How many bytes may be sent now, in one frame. */
  get sendableBytes(): number {
    if (this.#state.kind !== 'open' || !this.#isCarrying || this.#way?.carrier.isCongested === true) return 0;
    return this.#outbox.isAllCarried ? Math.min(this.#outbox.roomBytes, this.#limits.dataBytes) : 0;
  }

  /** Sends at most `sendableBytes`, with an acknowledgement that has waited half its time: one with each answer is dear. */
  sendData(bytes: Uint8Array, now: number): void {
    if (this.#way === undefined) return;
    if (now >= this.#ackDueAt - this.#limits.ackDelayMs / 2) this.acknowledge(now);
    const offset = this.#outbox.sentOffset;
    this.#outbox.addData(bytes);
    this.#outbox.allCarried();
    this.#way.carrier.send(encodeDataHeader(this.#way.channel, offset, bytes.length), bytes);
  }

  /**
   * Says a message with a number behind everything said before, now or as soon as the session is carried.
   *
   * @param nextOffset of the byte that comes after it, where bytes are left out
   */
  sendNumbered(make: (number: number) => Message, nextOffset?: number): void {
    this.#outbox.addMessage(make, nextOffset);
    this.carryOn();
  }

  /** Bytes of the sending direction up to this offset will not be sent. */
  skipSentTo(offset: number): void {
    this.#outbox.skipTo(offset);
  }

  /** Says something that is not said again on another connection. */
  send(message: Message): void {
    if (this.#state.kind === 'closed' || (this.#state.kind === 'closing' && this.#state.isSent)) return;
    this.#way?.carrier.send(encodeMessage(this.#way.channel, message));
  }

  /** @throws SercliError `frame-malformed` where the peer acknowledges what was never sent */
  receiveAck(ack: MessageOf<'ack'>): void {
    this.#outbox.acknowledge(ack);
  }

  /** Something received was taken or applied: acknowledges at once when the window has moved by a quarter, else soon. */
  touch(now: number): void {
    if (this.#state.kind !== 'open' || !this.#isCarrying) return;
    if (this.inbox.isAckUrgent(now)) this.acknowledge(now);
    else if (this.#ackDueAt === Number.POSITIVE_INFINITY) {
      this.#ackDueAt = now + this.#limits.ackDelayMs;
      this.#way?.carrier.wake(this.#ackDueAt);
    }
  }

  tick(now: number): void {
    if (now >= this.#ackDueAt) this.acknowledge(now);
  }

  /** Tells how far this side has come, if the peer does not know it. */
  acknowledge(now: number): void {
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    if (!this.#isCarrying) return;
    const ack = this.inbox.nextAck(now);
    if (ack !== undefined) this.send(ack);
  }

  /** Says CLOSE, the last message of this side, behind everything said before. Idempotent. */
  close(error: ToldError | undefined, now: number): void {
    if (this.#state.kind === 'opening') return this.closeAtOnce(error);
    if (this.#state.kind !== 'open') return;
    this.acknowledge(now);
    this.#state = { kind: 'closing', close: closeWith(error), isSent: false };
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    this.carryOn();
  }

  /** Says CLOSE instead of what has not been carried yet, if it has not been said. */
  closeAtOnce(error: ToldError | undefined): void {
    const { kind } = this.#state;
    if (kind === 'closed' || (kind === 'closing' && this.#state.isSent)) return;
    // The error that made this side close says more than the peer's CLOSE that comes in between.
    if (kind !== 'closing' || error !== undefined) {
      this.#state = { kind: 'closing', close: closeWith(error), isSent: false };
    }
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    this.#outbox.allCarried();
    this.#sendClose();
  }

  /** The peer's CLOSE came. The channel is free once both have been sent. */
  receiveClose(): void {
    if (this.#state.kind === 'closing' && this.#state.isSent) this.end();
  }

  /** Over: nothing is said or heard any more. */
  end(): void {
    this.detach();
    this.#state = { kind: 'closed' };
  }

  #sendClose(): void {
    if (this.#state.kind !== 'closing' || this.#state.isSent || this.#way === undefined) return;
    this.send(this.#state.close);
    this.#state.isSent = true;
  }
}

function closeWith(error: ToldError | undefined): MessageOf<'close'> {
  return { type: 'close', ...(error === undefined ? {} : { error }) };
}
