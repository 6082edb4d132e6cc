import { errorFromTold, SercliError, tellError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { Channel, type ChannelCarrier } from './channel.ts';
import type { Message, MessageOf } from './message-table.ts';
import type { Done } from './messages/done.ts';
import type { PortEvent } from './messages/event.ts';
import type { Opened } from './messages/opened.ts';
import type { PortRequest } from './messages/request.ts';
import { RateWindow } from './rate-window.ts';
import type { Session } from './session.ts';

/** How an accepter's session tells the owner of the port what came. */
export interface AccepterHandlers {
  /** Bytes for the device. The memory is the chunk's and stays as it is. */
  received(bytes: Uint8Array, now: number): void;
  /** A request that comes after the bytes below `offset`; `finish` answers it. */
  request(sequence: number, offset: number, request: PortRequest): void;
  /** Data may be sent: the window or the carrier has room. */
  sendable(now: number): void;
  /** Offset up to which the device's driver took what was received. */
  taken(): number;
  /** The client closed on purpose: `close` is due once everything received has been taken. */
  closing(): void;
  /** Over at once: the client or the connection failed. */
  ended(error: SercliError): void;
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** The client has sent CLOSE. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'ended' };

/** The serving end of a session. */
export class AccepterSession implements Session {
  readonly #channel: Channel;
  readonly #carrier: ChannelCarrier;
  readonly #limits: Limits;
  readonly #rate: RateWindow;
  readonly #clientWindow: number;
  #handlers: AccepterHandlers | undefined;
  #state: State = { kind: 'opening' };
  #lastRequest = 0;
  #lastEvent = 0;
  /** Requests that are done, beyond the unbroken run up to `#applied`. */
  readonly #finished = new Set<number>();
  #applied = 0;
  #taken = 0;

  constructor(open: MessageOf<'open'>, channel: number, carrier: ChannelCarrier, limits: Limits) {
    this.#carrier = carrier;
    this.#limits = limits;
    this.#rate = new RateWindow(limits);
    this.#clientWindow = open.window;
    const progress = {
      taken: () => this.#handlers?.taken() ?? 0,
      applied: () => this.#applied,
      windowBytes: (now: number) => this.#windowBytes(now),
    };
    this.#channel = new Channel(channel, carrier, progress, limits);
  }

  get dueAt(): number {
    return this.#channel.dueAt;
  }

  /** How many bytes may be sent to the client now, in one frame. */
  get sendableBytes(): number {
    return this.#state.kind === 'open' ? this.#channel.sendableBytes : 0;
  }

  /** Offset of the next byte to the client, in the device's count. */
  get sentOffset(): number {
    return this.#channel.sentOffset;
  }

  /** Gives the client the port; false if it has gone in the meantime. */
  accept(opened: Omit<Opened, 'limit'>, handlers: AccepterHandlers): boolean {
    if (this.#state.kind !== 'opening') return false;
    this.#handlers = handlers;
    const limit = this.#limits.sendWindowMinBytes;
    this.#channel.begin({
      sendFrom: opened.offset,
      sendLimit: opened.offset + this.#clientWindow,
      receiveFrom: 0,
      receiveLimit: limit,
    });
    this.#channel.send({ type: 'opened', ...opened, limit });
    this.#state = { kind: 'open' };
    return true;
  }

  /** Sends at most `sendableBytes`. */
  sendData(bytes: Uint8Array, now: number): void {
    this.#channel.sendData(bytes, now);
  }

  sendEvent(event: PortEvent): void {
    if (this.#state.kind !== 'open') return;
    this.#lastEvent += 1;
    this.#channel.send({ type: 'event', sequence: this.#lastEvent, offset: this.#channel.sentOffset, event });
    if (event.kind === 'gap') this.#channel.skipSent(event.bytes ?? 0);
  }

  /** Answers a request. `discardedTo` of a flush also moves the sending on. */
  finish(done: Done, now: number): void {
    if (this.#state.kind === 'ended') return;
    if (done.discardedTo !== undefined) {
      this.#channel.skipSent(Math.max(0, done.discardedTo - this.#channel.sentOffset));
    }
    this.#finished.add(done.sequence);
    while (this.#finished.delete(this.#applied + 1)) this.#applied += 1;
    // Who drained knows by the answer that every byte was taken.
    if (this.#state.kind === 'open') this.#channel.acknowledge(now);
    this.#channel.send({ type: 'done', ...done });
  }

  /** The driver took bytes. */
  taken(now: number): void {
    if (this.#state.kind === 'open') this.#channel.touch(now);
  }

  /** Ends the session from this side: on purpose, or with an error that the client is told. */
  close(error: SercliError | undefined, now: number): void {
    if (this.#state.kind === 'ended') return;
    const isAnswer = this.#state.kind === 'closing';
    this.#channel.close(error === undefined ? {} : { error: tellError(error) }, now);
    this.#state = { kind: 'ended' };
    if (isAnswer) this.#channel.receiveClose();
  }

  receiveData(offset: number, bytes: Uint8Array, now: number): void {
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'open') throw this.#unexpected('data');
    this.#channel.receiveData(offset, bytes.length);
    this.#handlers?.received(bytes, now);
    this.#channel.touch(now);
  }

  receiveMessage(message: Message, now: number): void {
    if (message.type === 'close') return this.#receiveClose(message, now);
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'open') throw this.#unexpected(message.type);
    switch (message.type) {
      case 'ack':
        this.#channel.receiveAck(message);
        return this.pump(now);
      case 'request':
        return this.#receiveRequest(message);
      default:
        throw this.#unexpected(message.type);
    }
  }

  pump(now: number): void {
    if (this.sendableBytes > 0) this.#handlers?.sendable(now);
  }

  tick(now: number): void {
    this.#channel.tick(now);
  }

  connectionEnded(error: SercliError): void {
    this.#channel.end();
    this.#end(error);
  }

  #windowBytes(now: number): number {
    const taken = this.#handlers?.taken() ?? 0;
    if (taken > this.#taken) this.#rate.taken(taken - this.#taken, now);
    this.#taken = taken;
    return this.#rate.size(now, this.#carrier.roundTripMs);
  }

  #receiveRequest({ sequence, offset, request }: MessageOf<'request'>): void {
    if (sequence !== this.#lastRequest + 1 || offset !== this.#channel.receivedOffset) {
      const reason = `it is number ${sequence} at byte ${offset}, and ${this.#lastRequest + 1} at ${this.#channel.receivedOffset} is next`;
      throw new SercliError('frame-malformed', { type: 'request', reason });
    }
    this.#lastRequest = sequence;
    const { pendingRequests, sequenceSteps, stepWaitMs } = this.#limits;
    if (sequence - this.#applied > pendingRequests) {
      throw new SercliError('frame-unexpected', {
        type: 'request',
        channel: this.#channel.number,
        reason: `where ${pendingRequests} requests wait already`,
      });
    }
    if (request.kind === 'run-sequence') {
      if (request.steps.length > sequenceSteps || request.steps.some((step) => (step.waitMs ?? 0) > stepWaitMs)) {
        const reason = `a sequence has at most ${sequenceSteps} steps of at most ${stepWaitMs} ms`;
        throw new SercliError('frame-malformed', { type: 'request', reason });
      }
    }
    this.#handlers?.request(sequence, offset, request);
  }

  #receiveClose({ error }: MessageOf<'close'>, now: number): void {
    if (this.#state.kind === 'ended') return this.#channel.receiveClose();
    if (this.#state.kind === 'closing') throw this.#unexpected('close');
    const wasOpen = this.#state.kind === 'open';
    if (error !== undefined || !wasOpen) {
      this.#channel.close({}, now);
      this.#channel.receiveClose();
      const aborted = new SercliError('session-ended', { port: 'the port', reason: 'the client gave it up' });
      return this.#end(error === undefined ? aborted : errorFromTold(error));
    }
    this.#state = { kind: 'closing' };
    this.#handlers?.closing();
  }

  #end(error: SercliError): void {
    if (this.#state.kind === 'ended') return;
    this.#state = { kind: 'ended' };
    this.#handlers?.ended(error);
  }

  #unexpected(type: string): SercliError {
    const reason = `where the session is ${this.#state.kind}`;
    return new SercliError('frame-unexpected', { type, channel: this.#channel.number, reason });
  }
}
