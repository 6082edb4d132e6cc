import { appendRange, type ByteRange, commonRanges, remainingRanges, totalBytes } from './byte-ranges.ts';
import { type CounterStream, windowBytes } from './counter-stream.ts';

/** What became of a counter stream. Offsets count the bytes that were sent, those of `foreign` the bytes that came. */
export interface StreamReport {
  /** Bytes that came, whatever they were. */
  readonly receivedBytes: number;
  readonly lost: readonly ByteRange[];
  /** Came once more. */
  readonly doubled: readonly ByteRange[];
  /** Came after bytes that were sent later. */
  readonly outOfOrder: readonly ByteRange[];
  /** Belong nowhere: changed on the way, or pieces of fewer than eight bytes out of their place. */
  readonly foreign: readonly ByteRange[];
}

const noBytes = new Uint8Array(0);

/**
 * Finds what is wrong with a counter stream that has been somewhere.
 *
 * The lengths are exact. So are the offsets, except that a fault whose first bytes happen to be those expected begins
 * behind them: nobody can tell the difference.
 */
export class CounterChecker {
  readonly #stream: CounterStream;
  /** Where the next byte stands if all is well; undefined while that has to be found out. */
  #next: number | undefined;
  /** Bytes too few to say where they stand. */
  #unplaced: Uint8Array = noBytes;
  /** Every byte before this one came, but for those in `#lost`. */
  #end: number;
  #receivedBytes = 0;
  #lost: ByteRange[] = [];
  readonly #doubled: ByteRange[] = [];
  readonly #outOfOrder: ByteRange[] = [];
  #foreign: ByteRange[] = [];

  /** @param start where the first byte stands */
  constructor(stream: CounterStream, start = 0) {
    this.#stream = stream;
    this.#next = start;
    this.#end = start;
  }

  /** Behind the last byte of the stream that came. */
  get position(): number {
    return this.#end;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  take(bytes: Uint8Array): void {
    this.#receivedBytes += bytes.length;
    this.#examine(this.#unplaced.length === 0 ? bytes : joined(this.#unplaced, bytes));
  }

  /** @param end how many bytes were sent; those that did not come are lost */
  report(end: number = this.#end): StreamReport {
    this.#placeRest(end);
    const lost = [...this.#lost];
    appendRange(lost, { offset: this.#end, length: Math.max(0, end - this.#end) });
    return {
      receivedBytes: this.#receivedBytes,
      lost,
      doubled: this.#doubled,
      outOfOrder: this.#outOfOrder,
      foreign: this.#foreign,
    };
  }

  #examine(bytes: Uint8Array): void {
    this.#unplaced = noBytes;
    for (let at = 0; at < bytes.length; ) {
      if (this.#next !== undefined) {
        const length = this.#stream.matchingBytes(bytes, at, this.#next);
        this.#came({ offset: this.#next, length });
        this.#next += length;
        at += length;
      }
      if (at < bytes.length) at = this.#findPlace(bytes, at);
    }
  }

  /** Looks for a place from `at` on, and says where to go on. */
  #findPlace(bytes: Uint8Array, at: number): number {
    this.#next = undefined;
    let index = at;
    for (; index + windowBytes <= bytes.length && this.#next === undefined; index += 1) {
      this.#next = this.#stream.locate(bytes, index);
    }
    if (this.#next !== undefined) index -= 1;
    this.#strange(bytes, at, index);
    if (this.#next !== undefined) return index;
    this.#unplaced = bytes.slice(index);
    return bytes.length;
  }

  #came({ offset, length }: ByteRange): void {
    const known = { offset, length: Math.max(0, Math.min(length, this.#end - offset)) };
    const late = commonRanges(this.#lost, [known]);
    for (const range of late) appendRange(this.#outOfOrder, range);
    for (const range of remainingRanges([known], late)) appendRange(this.#doubled, range);
    if (late.length > 0) this.#lost = remainingRanges(this.#lost, late);
    appendRange(this.#lost, { offset: this.#end, length: Math.max(0, offset - this.#end) });
    this.#end = Math.max(this.#end, offset + length);
  }

  #strange(bytes: Uint8Array, from: number, to: number): void {
    const offset = this.#receivedBytes - (bytes.length - from);
    appendRange(this.#foreign, { offset, length: to - from });
  }

  /** Nothing comes any more: as much of the rest as can be is the end of what was sent. */
  #placeRest(end: number): void {
    const rest = this.#unplaced;
    this.#unplaced = noBytes;
    let strange = 0;
    for (; strange < rest.length; strange += 1) {
      const offset = end - (rest.length - strange);
      if (offset >= 0 && this.#stream.matchingBytes(rest, strange, offset) === rest.length - strange) break;
    }
    this.#strange(rest, 0, strange);
    if (strange === rest.length) return;
    this.#came({ offset: end - (rest.length - strange), length: rest.length - strange });
    this.#next = end;
  }
}

/** Whether every byte came once and in its place. */
export function isFlawless({ lost, doubled, outOfOrder, foreign }: StreamReport): boolean {
  return totalBytes([...lost, ...doubled, ...outOfOrder, ...foreign]) === 0;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
