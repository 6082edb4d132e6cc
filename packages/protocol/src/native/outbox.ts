import { SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Message, MessageOf } from './message-table.ts';
import { RetainedBytes } from './retained-bytes.ts';

/** How far a side has come with what it received, and how much more it takes: what RESUME and RESUMED tell. */
export interface ResumePoint {
  /** The last numbered message that came. */
  readonly sequence: number;
  /** Offset of the byte that comes next. */
  readonly offset: number;
  /** Offset below which data may be sent. */
  readonly limit: number;
}

/** What is to be sent next. */
export type OutboxItem =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'data'; readonly offset: number; readonly bytes: Uint8Array };

/** A numbered message with its place: behind the bytes below `offset`. The byte behind it has `nextOffset`. */
interface PlacedMessage {
  readonly number: number;
  readonly offset: number;
  readonly nextOffset: number;
  readonly message: Message;
}

/**
 * What one end of a session says, bytes and numbered messages in one order, kept until the other end has acknowledged
 * it: a connection that is cut takes what was under way with it, and the next one carries it again. The peer's window
 * and the limits bound what is kept.
 */
export class Outbox {
  readonly #limits: Limits;
  readonly #bytes = new RetainedBytes();
  /** Numbered without a break; the last of them has `#sentNumber`. */
  readonly #messages: PlacedMessage[] = [];
  /** False where no other connection can carry anything again. */
  #isKept = true;
  #sentOffset = 0;
  #sentNumber = 0;
  /** How much of what was sent the present connection has been given. */
  #carriedOffset = 0;
  #carriedNumber = 0;
  #peerTaken = 0;
  #peerApplied = 0;
  /** Offset of the byte behind the last message that was forgotten. */
  #forgottenTo = 0;
  #limit = 0;

  constructor(limits: Limits) {
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

  /** How many bytes may be under way to the peer beyond those that it has taken. */
  get windowBytes(): number {
    return Math.max(0, this.#limit - this.#peerTaken);
  }

  /** Bytes that the window has room for. A gap can be longer than the window: then it has none. */
  get roomBytes(): number {
    if (this.isFull) return 0;
    return Math.max(0, Math.min(this.#limit, this.#peerTaken + this.#limits.keptBytes) - this.#sentOffset);
  }

  /** So many messages wait for the peer's acknowledgement that nothing should be added that can wait. */
  get isFull(): boolean {
    return this.#messages.length >= this.#limits.keptMessages;
  }

  get isAllCarried(): boolean {
    return this.#carriedNumber === this.#sentNumber && this.#carriedOffset === this.#sentOffset;
  }

  /** The window that OPEN and OPENED settle. @param isKept whether another connection may have to carry it again */
  begin(offset: number, limit: number, isKept: boolean): void {
    this.#sentOffset = offset;
    this.#carriedOffset = offset;
    this.#peerTaken = offset;
    this.#limit = limit;
    this.#isKept = isKept;
  }

  addData(bytes: Uint8Array): void {
    if (this.#isKept) this.#bytes.append(this.#sentOffset, bytes);
    this.#sentOffset += bytes.length;
  }

  /** Adds a message, which is made with its number. The next byte after it has `nextOffset`, for a gap. */
  addMessage(make: (number: number) => Message, nextOffset: number = this.#sentOffset): void {
    this.#sentNumber += 1;
    const number = this.#sentNumber;
    const offset = this.#sentOffset;
    this.#sentOffset = Math.max(offset, nextOffset);
    this.#messages.push({ number, offset, nextOffset: this.#sentOffset, message: make(number) });
  }

  /** Bytes up to this offset will not be sent. Only where nothing is kept: nothing says where they were left out. */
  skipTo(offset: number): void {
    this.#sentOffset = Math.max(this.#sentOffset, offset);
    this.#carriedOffset = this.#sentOffset;
  }

  /** What comes next, data at most `maxBytes` of it; undefined when all has been carried. */
  next(maxBytes: number): OutboxItem | undefined {
    if (this.isAllCarried) return undefined;
    const placed = this.#placed(this.#carriedNumber + 1);
    if (placed !== undefined && placed.offset <= this.#carriedOffset)
      return { kind: 'message', message: placed.message };
    const untilNext = (placed?.offset ?? this.#sentOffset) - this.#carriedOffset;
    const bytes = this.#bytes.view(this.#carriedOffset, Math.min(maxBytes, untilNext));
    if (bytes.length === 0) throw new SercliError('internal', { what: `byte ${this.#carriedOffset} was forgotten` });
    return { kind: 'data', offset: this.#carriedOffset, bytes };
  }

  /** What `next` gave has been given to the connection. */
  carried(item: OutboxItem): void {
    if (item.kind === 'data') {
      this.#carriedOffset += item.bytes.length;
      return;
    }
    this.#carriedNumber += 1;
    this.#carriedOffset = Math.max(this.#carriedOffset, this.#placed(this.#carriedNumber)?.nextOffset ?? 0);
    if (!this.#isKept) this.#forgetTo(this.#carriedNumber);
  }

  allCarried(): void {
    this.#carriedNumber = this.#sentNumber;
    this.#carriedOffset = this.#sentOffset;
    if (!this.#isKept) this.#forgetTo(this.#carriedNumber);
  }

  /** Forgets what the peer has. @throws SercliError `frame-malformed` where it acknowledges what it was not sent */
  acknowledge({ sequence, offset, limit }: MessageOf<'ack'>): void {
    if (offset > this.#carriedOffset || sequence > this.#carriedNumber) {
      const sent = `byte ${this.#carriedOffset} and message ${this.#carriedNumber} were sent`;
      const reason = `it acknowledges byte ${offset} and message ${sequence}, and ${sent}`;
      throw new SercliError('frame-malformed', { type: 'ack', reason });
    }
    this.#peerTaken = Math.max(this.#peerTaken, offset);
    this.#peerApplied = Math.max(this.#peerApplied, sequence);
    this.#limit = Math.max(this.#limit, limit);
    this.#forgetTo(this.#peerApplied);
    this.#bytes.forget(this.#peerTaken);
  }

  /** Whether it is a place in what was sent, and everything behind it is still kept. */
  canGoOnFrom({ sequence, offset }: ResumePoint): boolean {
    if (sequence < this.#sentNumber - this.#messages.length || sequence > this.#sentNumber) return false;
    const from = this.#placed(sequence)?.nextOffset ?? this.#forgottenTo;
    const to = this.#placed(sequence + 1)?.offset ?? this.#sentOffset;
    return offset >= Math.max(from, this.#peerTaken) && offset <= to;
  }

  /** What the peer has not heard is next again. */
  goOnFrom({ sequence, offset, limit }: ResumePoint): void {
    this.#carriedNumber = sequence;
    this.#carriedOffset = offset;
    this.#limit = Math.max(this.#limit, limit);
  }

  #placed(number: number): PlacedMessage | undefined {
    return this.#messages[this.#messages.length - 1 - (this.#sentNumber - number)];
  }

  #forgetTo(number: number): void {
    for (let first = this.#messages[0]; first !== undefined && first.number <= number; first = this.#messages[0]) {
      this.#forgottenTo = first.nextOffset;
      this.#messages.shift();
    }
  }
}
