import { SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { encodeDataHeader, encodeMessage } from './frame-encoder.ts';
import type { Message, MessageOf } from './message-table.ts';

/** What a channel has of its connection. */
export interface ChannelCarrier {
  send(head: Uint8Array, body?: Uint8Array): void;
  /** The carrier holds so much unsent that data has to wait; messages do not. */
  readonly isCongested: boolean;
  readonly roundTripMs: number;
  /** The channel is free again. */
  release(channel: number): void;
}

/** What the owner of a channel tells it about the bytes it received. */
export interface ReceiveProgress {
  /** Bytes that were taken so far: by the device's driver or by the application. */
  taken(): number;
  /** Numbered messages that were applied so far. */
  applied(): number;
  /** How many bytes beyond those taken may be under way. */
  windowBytes(now: number): number;
}

type State =
  /** The windows are not settled yet. */
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** CLOSE was sent, the peer's is awaited. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed' };

/**
 * One session's share of a connection, the same at both ends: data within the windows, acknowledgements, the closing.
 * Offsets count bytes of one direction from the beginning of the session or, towards the client, of the device's epoch.
 */
export class Channel {
  readonly number: number;
  readonly #carrier: ChannelCarrier;
  readonly #limits: Limits;
  readonly #progress: ReceiveProgress;
  #state: State = { kind: 'opening' };

  #sentOffset = 0;
  #sendLimit = 0;
  #peerTaken = 0;

  #receivedOffset = 0;
  #grantedLimit = 0;
  #ackedOffset = 0;
  #ackedSequence = 0;
  #ackDueAt = Number.POSITIVE_INFINITY;

  constructor(number: number, carrier: ChannelCarrier, progress: ReceiveProgress, limits: Limits) {
    this.number = number;
    this.#carrier = carrier;
    this.#progress = progress;
    this.#limits = limits;
  }

  /** Offset of the next byte to send. */
  get sentOffset(): number {
    return this.#sentOffset;
  }

  /** Bytes below this offset were taken by the peer's driver or application. */
  get peerTaken(): number {
    return this.#peerTaken;
  }

  /** Offset of the next byte to come. */
  get receivedOffset(): number {
    return this.#receivedOffset;
  }

  /** When `tick` has something to do, in the time of `now`. */
  get dueAt(): number {
    return this.#ackDueAt;
  }

  /** The windows that OPEN and OPENED settle. */
  begin({
    sendFrom,
    sendLimit,
    receiveFrom,
    receiveLimit,
  }: {
    sendFrom: number;
    sendLimit: number;
    receiveFrom: number;
    receiveLimit: number;
  }): void {
    this.#sentOffset = sendFrom;
    this.#peerTaken = sendFrom;
    this.#sendLimit = sendLimit;
    this.#receivedOffset = receiveFrom;
    this.#ackedOffset = receiveFrom;
    this.#grantedLimit = receiveLimit;
    this.#state = { kind: 'open' };
  }

  /** How many bytes may be sent now, in one frame. */
  get sendableBytes(): number {
    if (this.#state.kind !== 'open' || this.#carrier.isCongested) return 0;
    // A gap can be longer than the window: then the next byte lies beyond the limit until the peer moves it.
    return Math.max(0, Math.min(this.#sendLimit - this.#sentOffset, this.#limits.dataBytes));
  }

  /** Sends at most `sendableBytes`, with an acknowledgement that waits. */
  sendData(bytes: Uint8Array, now: number): void {
    if (this.#ackDueAt !== Number.POSITIVE_INFINITY) this.acknowledge(now);
    this.#carrier.send(encodeDataHeader(this.number, this.#sentOffset, bytes.length), bytes);
    this.#sentOffset += bytes.length;
  }

  send(message: Message): void {
    if (this.#maySend) this.#carrier.send(encodeMessage(this.number, message));
  }

  /** CLOSE is the last message of this side. */
  get #maySend(): boolean {
    return this.#state.kind === 'opening' || this.#state.kind === 'open';
  }

  /** Bytes of the sending direction that will never be sent: a gap, or a flush. */
  skipSent(bytes: number): void {
    this.#sentOffset += bytes;
  }

  /** Bytes of the receiving direction that will not come. */
  skipReceived(bytes: number): void {
    this.#receivedOffset += bytes;
  }

  /** Checks data that came against the window. @throws SercliError `credit-exceeded`, `frame-malformed` */
  receiveData(offset: number, bytes: number): void {
    if (offset !== this.#receivedOffset) {
      const reason = `its offset is ${offset}, and byte ${this.#receivedOffset} is next on channel ${this.number}`;
      throw new SercliError('frame-malformed', { type: 'data', reason });
    }
    if (offset + bytes > this.#grantedLimit) {
      const fields = { offset: offset + bytes, channel: this.number, limit: this.#grantedLimit };
      throw new SercliError('credit-exceeded', fields);
    }
    this.#receivedOffset += bytes;
  }

  /** @throws SercliError `frame-malformed` where the peer acknowledges what was never sent */
  receiveAck(ack: MessageOf<'ack'>): void {
    if (ack.offset > this.#sentOffset) {
      const reason = `it acknowledges byte ${ack.offset}, and ${this.#sentOffset} were sent on channel ${this.number}`;
      throw new SercliError('frame-malformed', { type: 'ack', reason });
    }
    this.#peerTaken = Math.max(this.#peerTaken, ack.offset);
    this.#sendLimit = Math.max(this.#sendLimit, ack.limit);
  }

  /** Something received was taken or applied: acknowledges at once when the window has moved by a quarter, else soon. */
  touch(now: number): void {
    if (this.#state.kind !== 'open') return;
    const window = this.#progress.windowBytes(now);
    const moved = this.#progress.taken() + window - this.#grantedLimit;
    if (moved >= window / 4) this.acknowledge(now);
    else if (this.#ackDueAt === Number.POSITIVE_INFINITY) this.#ackDueAt = now + this.#limits.ackDelayMs;
  }

  tick(now: number): void {
    if (now >= this.#ackDueAt) this.acknowledge(now);
  }

  /** Tells how far this side has come, if the peer does not know it. */
  acknowledge(now: number): void {
    const offset = this.#progress.taken();
    const sequence = this.#progress.applied();
    const limit = Math.max(this.#grantedLimit, offset + this.#progress.windowBytes(now));
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    if (offset === this.#ackedOffset && sequence === this.#ackedSequence && limit === this.#grantedLimit) return;
    this.#ackedOffset = offset;
    this.#ackedSequence = sequence;
    this.#grantedLimit = limit;
    this.send({ type: 'ack', sequence, offset, limit });
  }

  /** Sends CLOSE; the last message of this side. Idempotent. */
  close(message: Omit<MessageOf<'close'>, 'type'>, now: number): void {
    if (!this.#maySend) return;
    if (this.#state.kind === 'open') this.acknowledge(now);
    this.send({ type: 'close', ...message });
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    this.#state = { kind: 'closing' };
  }

  /** The peer's CLOSE came. The channel is free once both have been sent. */
  receiveClose(): void {
    if (this.#state.kind === 'closing') this.end();
  }

  /** Over, together with the connection or after both CLOSE messages. */
  end(): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#ackDueAt = Number.POSITIVE_INFINITY;
    this.#carrier.release(this.number);
  }
}
