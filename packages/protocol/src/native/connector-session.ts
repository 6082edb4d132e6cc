import { errorFromTold, SercliError, tellError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { LineSettingsChange } from '../line-settings.ts';
import { Channel, type ChannelCarrier } from './channel.ts';
import type { Message, MessageOf } from './message-table.ts';
import type { Done } from './messages/done.ts';
import type { PortEvent } from './messages/event.ts';
import type { Opened } from './messages/opened.ts';
import type { PortRequest } from './messages/request.ts';
import type { Session } from './session.ts';

/** How a connector's session tells its owner what came. */
export interface ConnectorHandlers {
  opened(opened: Opened): void;
  /** Bytes from the device. The memory is the chunk's and stays as it is. */
  received(bytes: Uint8Array): void;
  /** An event at the place where the next byte comes. */
  event(event: PortEvent): void;
  /** Received bytes below this offset are void: a flush discarded them. */
  discarded(offset: number): void;
  done(done: Done): void;
  /** `write` takes bytes again. */
  writable(now: number): void;
  /** Offset up to which the application took what was received. */
  taken(): number;
  /** Over; without an error if both sides closed on purpose. */
  ended(error: SercliError | undefined): void;
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'ended' };

/** The dialling end of a session: one port of the peer. */
export class ConnectorSession implements Session {
  readonly #channel: Channel;
  readonly #handlers: ConnectorHandlers;
  readonly #window: number;
  #state: State = { kind: 'opening' };
  #lastRequest = 0;
  #lastEvent = 0;
  /** Requests made before the peer has given the port. */
  #earlyRequests: MessageOf<'request'>[] = [];
  #isWriterWaiting = false;

  constructor(channel: number, carrier: ChannelCarrier, handlers: ConnectorHandlers, limits: Limits) {
    this.#handlers = handlers;
    this.#window = limits.receiveWindowBytes;
    const progress = {
      taken: () => handlers.taken(),
      applied: () => this.#lastEvent,
      windowBytes: () => this.#window,
    };
    this.#channel = new Channel(channel, carrier, progress, limits);
  }

  get dueAt(): number {
    return this.#channel.dueAt;
  }

  /** Bytes given to the carrier so far. */
  get sentOffset(): number {
    return this.#channel.sentOffset;
  }

  /** Bytes that the device's driver has taken, as far as this side knows. */
  get takenOffset(): number {
    return this.#channel.peerTaken;
  }

  open(port: string, settings: LineSettingsChange): void {
    this.#channel.send({ type: 'open', port, settings, window: this.#window });
  }

  /** Sends what the window and the carrier take of `bytes`, and says how much; after a short count `writable` follows. */
  write(bytes: Uint8Array, now: number): number {
    let sent = 0;
    while (this.#state.kind === 'open' && sent < bytes.length) {
      const fits = this.#channel.sendableBytes;
      if (fits === 0) break;
      const part = bytes.subarray(sent, sent + fits);
      this.#channel.sendData(part, now);
      sent += part.length;
    }
    this.#isWriterWaiting = sent < bytes.length;
    return sent;
  }

  /** Sends a request behind the bytes written before; `done` tells how it ended. Returns its number. */
  request(request: PortRequest): number {
    this.#lastRequest += 1;
    const sequence = this.#lastRequest;
    const message = { type: 'request', sequence, offset: this.#channel.sentOffset, request } as const;
    if (this.#state.kind === 'opening') this.#earlyRequests.push(message);
    else this.#channel.send(message);
    return sequence;
  }

  /** The application took received bytes. */
  consumed(now: number): void {
    if (this.#state.kind === 'open') this.#channel.touch(now);
  }

  /** Ends the session: on purpose once everything sent has been handed to the device, with an error at once. */
  close(error: SercliError | undefined, now: number): void {
    if (this.#state.kind === 'ended') return;
    // One that is closing already can still be given up; its channel stays in use until the peer has answered.
    this.#channel.close(error === undefined ? {} : { error: tellError(error) }, now);
    if (error === undefined) this.#state = { kind: 'closing' };
    else this.#end(error);
  }

  receiveData(offset: number, bytes: Uint8Array): void {
    if (this.#state.kind === 'opening') throw this.#unexpected('data');
    if (this.#state.kind !== 'open') return;
    this.#channel.receiveData(offset, bytes.length);
    this.#handlers.received(bytes);
  }

  receiveMessage(message: Message, now: number): void {
    switch (message.type) {
      case 'opened':
        return this.#receiveOpened(message, now);
      case 'ack':
        if (this.#state.kind === 'opening') throw this.#unexpected('ack');
        this.#channel.receiveAck(message);
        return this.pump(now);
      case 'event':
        return this.#receiveEvent(message, now);
      case 'done':
        return this.#receiveDone(message, now);
      case 'close':
        return this.#receiveClose(message, now);
      default:
        throw this.#unexpected(message.type);
    }
  }

  pump(now: number): void {
    if (this.#state.kind !== 'open' || !this.#isWriterWaiting || this.#channel.sendableBytes === 0) return;
    this.#isWriterWaiting = false;
    this.#handlers.writable(now);
  }

  tick(now: number): void {
    this.#channel.tick(now);
  }

  connectionEnded(error: SercliError): void {
    this.#channel.end();
    this.#end(error);
  }

  #receiveOpened(opened: MessageOf<'opened'>, now: number): void {
    if (this.#state.kind === 'closing' || this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'opening') throw this.#unexpected('opened');
    this.#channel.begin({
      sendFrom: 0,
      sendLimit: opened.limit,
      receiveFrom: opened.offset,
      receiveLimit: opened.offset + this.#window,
    });
    this.#state = { kind: 'open' };
    this.#isWriterWaiting = true;
    for (const request of this.#earlyRequests) this.#channel.send(request);
    this.#earlyRequests = [];
    this.#handlers.opened(opened);
    this.pump(now);
  }

  #receiveEvent({ sequence, offset, event }: MessageOf<'event'>, now: number): void {
    if (this.#state.kind === 'opening') throw this.#unexpected('event');
    if (this.#state.kind !== 'open') return;
    if (sequence !== this.#lastEvent + 1 || offset !== this.#channel.receivedOffset) {
      const reason = `it is number ${sequence} at byte ${offset}, and ${this.#lastEvent + 1} at ${this.#channel.receivedOffset} is next`;
      throw new SercliError('frame-malformed', { type: 'event', reason });
    }
    this.#lastEvent = sequence;
    if (event.kind === 'gap') this.#channel.skipReceived(event.bytes ?? 0);
    this.#handlers.event(event);
    // A gap can use up the window, and who waits for bytes then has none to consume.
    if (event.kind === 'gap') this.#channel.touch(now);
  }

  #receiveDone(done: MessageOf<'done'>, now: number): void {
    if (this.#state.kind === 'opening') throw this.#unexpected('done');
    if (this.#state.kind !== 'open') return;
    if (done.discardedTo !== undefined) {
      this.#channel.skipReceived(Math.max(0, done.discardedTo - this.#channel.receivedOffset));
      this.#handlers.discarded(done.discardedTo);
      this.#channel.touch(now);
    }
    this.#handlers.done(done);
  }

  #receiveClose({ error }: MessageOf<'close'>, now: number): void {
    this.#channel.close({}, now);
    this.#channel.receiveClose();
    this.#end(error === undefined ? this.#closedByPeer() : errorFromTold(error));
  }

  #closedByPeer(): SercliError | undefined {
    if (this.#state.kind === 'closing') return undefined;
    return new SercliError('session-ended', { port: 'the port', reason: 'the agent closed it' });
  }

  #end(error: SercliError | undefined): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    this.#handlers.ended(error);
  }

  #unexpected(type: string): SercliError {
    const reason = `where the session is ${this.#state.kind}`;
    return new SercliError('frame-unexpected', { type, channel: this.#channel.number, reason });
  }
}
