import { SercliError } from '../errors.ts';
import type { MessageOf } from './message-table.ts';
import type { ResumePoint } from './outbox.ts';

/** Messages that may go without an acknowledgement, so that it can travel with one that is due for other reasons. The peer keeps them for so long. */
const unackedMessages = 16;

/** What the owner of a session tells about the bytes it received. */
export interface ReceiveProgress {
  /** Bytes that were taken so far: by the device's driver or by the application. */
  taken(): number;
  /** Numbered messages that were applied so far. */
  applied(): number;
  /** How many bytes beyond those taken may be under way. */
  windowBytes(now: number): number;
}

/** What one end of a session hears: the order of bytes and numbered messages, the window, the acknowledgements. */
export class Inbox {
  readonly #progress: ReceiveProgress;
  #offset = 0;
  #number = 0;
  #grantedLimit = 0;
  #ackedOffset = 0;
  #ackedSequence = 0;

  constructor(progress: ReceiveProgress) {
    this.#progress = progress;
  }

  /** Offset of the next byte to come. */
  get offset(): number {
    return this.#offset;
  }

  /** The last numbered message that came. */
  get number(): number {
    return this.#number;
  }

  /** Where the peer has to go on when another connection carries the session. */
  get resumePoint(): ResumePoint {
    return { sequence: this.#number, offset: this.#offset, limit: this.#grantedLimit };
  }

  /** The window that OPEN and OPENED settle. */
  begin(offset: number, limit: number): void {
    this.#offset = offset;
    this.#ackedOffset = offset;
    this.#grantedLimit = limit;
  }

  /** Checks data that came against the window. @throws SercliError `credit-exceeded`, `frame-malformed` */
  data(offset: number, bytes: number, channel: number): void {
    if (offset !== this.#offset) {
      const reason = `its offset is ${offset}, and byte ${this.#offset} is next on channel ${channel}`;
      throw new SercliError('frame-malformed', { type: 'data', reason });
    }
    if (offset + bytes > this.#grantedLimit) {
      throw new SercliError('credit-exceeded', { offset: offset + bytes, channel, limit: this.#grantedLimit });
    }
    this.#offset += bytes;
  }

  /** Checks the number of a message that came, and its place where it tells it. @throws SercliError `frame-malformed` */
  numbered(type: string, number: number, offset: number = this.#offset): void {
    if (number !== this.#number + 1 || offset !== this.#offset) {
      const next = `${this.#number + 1} at ${this.#offset}`;
      const reason = `it is number ${number} at byte ${offset}, and ${next} is next`;
      throw new SercliError('frame-malformed', { type, reason });
    }
    this.#number = number;
  }

  /** Bytes up to this offset will not come. */
  skipTo(offset: number): void {
    this.#offset = Math.max(this.#offset, offset);
  }

  /** Whether the window has moved by so much that the peer should know at once. */
  isAckUrgent(now: number): boolean {
    const window = this.#progress.windowBytes(now);
    return this.#progress.taken() + window - this.#grantedLimit >= window / 4;
  }

  /** Whether so many messages came since the last acknowledgement that the peer should be allowed to forget them. */
  get hasUnacked(): boolean {
    return this.#number - this.#ackedSequence >= unackedMessages;
  }

  /** How far this side has come, if the peer does not know it. */
  nextAck(now: number): MessageOf<'ack'> | undefined {
    const offset = this.#progress.taken();
    const sequence = this.#progress.applied();
    const limit = Math.max(this.#grantedLimit, offset + this.#progress.windowBytes(now));
    if (offset === this.#ackedOffset && sequence === this.#ackedSequence && limit === this.#grantedLimit)
      return undefined;
    this.#ackedOffset = offset;
    this.#ackedSequence = sequence;
    this.#grantedLimit = limit;
    return { type: 'ack', sequence, offset, limit };
  }

  /** The last acknowledgement may not have arrived. */
  forgetAcks(): void {
    this.#ackedSequence = -1;
  }
}
