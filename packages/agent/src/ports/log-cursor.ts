import type { LogPlace, LogReader, PlacedEvent, PortLog } from './port-log.ts';

/** Where a reader begins. */
export interface CursorStart extends LogPlace {
  /** Bytes before it are missing, and nobody knows how many: the reader is told so first. */
  readonly isAfterGap?: boolean;
}

/** What a cursor's owner is told. */
export interface CursorListener {
  /** There is something to peek where there was nothing. */
  readable(): void;
  /** The reader has come to an event, or to bytes that the log has forgotten: a gap of their number. */
  event(event: PlacedEvent): void;
}

/** One reader's place in a log. */
export class LogCursor implements LogReader {
  readonly #log: PortLog;
  readonly #overtaken: () => void;
  #offset: number;
  #nextEvent: number;
  /** Where the reader stops; at the end of the log as long as it is not closed. */
  #limit: LogPlace | undefined;
  #isAfterGap: boolean;
  #listener: CursorListener | undefined;

  /** @param overtaken is called whenever the log forgets bytes that the reader has not read */
  constructor(
    log: PortLog,
    { offset, event, isAfterGap = false }: CursorStart,
    overtaken: () => void = () => undefined,
  ) {
    this.#log = log;
    this.#overtaken = overtaken;
    this.#offset = offset;
    this.#nextEvent = event;
    this.#isAfterGap = isAfterGap;
    log.add(this);
  }

  /** Offset of the byte that is read next. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes between the reader and the end of the log, forgotten ones included. */
  get lagBytes(): number {
    return this.#log.endOffset - this.#offset;
  }

  listen(listener: CursorListener): void {
    this.#listener = listener;
    if (this.#isAfterGap) listener.event({ kind: 'gap', offset: this.#offset, bytes: undefined });
    this.#isAfterGap = false;
    this.#passForgotten();
    this.#deliver();
    if (this.peek(1).length > 0) listener.readable();
  }

  /** The next bytes; a gap before them is told first. */
  peek(maxBytes: number): Uint8Array {
    this.#passForgotten();
    const stop = this.#event()?.offset ?? this.#limit?.offset ?? Number.POSITIVE_INFINITY;
    return this.#log.view(this.#offset, Math.max(0, Math.min(maxBytes, stop - this.#offset)));
  }

  consume(bytes: number): void {
    this.#offset += bytes;
    this.#deliver();
  }

  /** Goes to the end; what lies before is discarded, events included. */
  skipToEnd(): void {
    ({ offset: this.#offset, event: this.#nextEvent } = this.#log.endPlace);
  }

  bytesCame(from: number): void {
    // A reader that has bytes waiting knows it, and one that is behind is told of its gap when it reads on.
    if (this.#offset === from) this.#listener?.readable();
  }

  eventCame(): void {
    this.#deliver();
  }

  overtaken(): void {
    this.#overtaken();
  }

  /** What has come up to now can still be read. */
  close(): void {
    this.#limit ??= this.#log.endPlace;
    this.#log.remove(this);
  }

  #passForgotten(): void {
    const { offset } = this;
    const bytes = Math.min(this.#log.startOffset, this.#limit?.offset ?? Number.POSITIVE_INFINITY) - offset;
    if (bytes <= 0) return;
    this.#offset += bytes;
    this.#listener?.event({ kind: 'gap', offset, bytes });
    this.#deliver();
  }

  #deliver(): void {
    let event = this.#event();
    while (this.#listener !== undefined && event !== undefined && event.offset <= this.#offset) {
      this.#nextEvent += 1;
      this.#listener.event(event);
      event = this.#event();
    }
  }

  /** The next event that is kept. */
  #event(): PlacedEvent | undefined {
    this.#nextEvent = Math.max(this.#nextEvent, this.#log.firstEvent);
    if (this.#limit !== undefined && this.#nextEvent >= this.#limit.event) return undefined;
    return this.#log.eventAt(this.#nextEvent);
  }
}
