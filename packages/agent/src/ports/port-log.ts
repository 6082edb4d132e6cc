import type { LinkEvent } from '@sercli/link';

/** Memory is taken in pieces of this size, as the log fills. */
const segmentBytes = 65_536;

/** How much of what a port received is kept unless the configuration says otherwise, in bytes. */
export const defaultLogBytes = 4 * 1024 * 1024;

type PlacedEvent = Extract<LinkEvent, { offset: number }>;

/**
 * What a port has received, at most `capacity` bytes of it, with the events among the bytes.
 *
 * Offsets count from the beginning of the log and never start again. The oldest bytes make room for new ones; a reader
 * that has not come so far finds a gap of exactly that length.
 */
export class PortLog {
  readonly capacity: number;
  readonly #segments: Buffer[] = [];
  /** Offset of the first segment's first byte. */
  #segmentsStart = 0;
  #start = 0;
  #end = 0;
  readonly #events: PlacedEvent[] = [];
  #forgottenEvents = 0;
  readonly #cursors = new Set<LogCursor>();

  constructor(capacity: number = defaultLogBytes) {
    this.capacity = capacity;
  }

  /** Offset of the oldest byte that is kept. */
  get startOffset(): number {
    return this.#start;
  }

  /** Offset of the byte that comes next. */
  get endOffset(): number {
    return this.#end;
  }

  /** How many bytes can come before some reader has a gap. */
  get roomBytes(): number {
    let slowest = this.#end;
    for (const cursor of this.#cursors) slowest = Math.min(slowest, cursor.offset);
    return this.capacity - (this.#end - slowest);
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const used = this.#end - this.#segmentsStart;
      if (used === this.#segments.length * segmentBytes) this.#segments.push(Buffer.allocUnsafe(segmentBytes));
      const segment = this.#segments[Math.floor(used / segmentBytes)];
      const part = bytes.subarray(at, at + segmentBytes - (used % segmentBytes));
      segment?.set(part, used % segmentBytes);
      at += part.length;
      this.#end += part.length;
    }
    this.#forget(this.#end - this.capacity);
    for (const cursor of this.#cursors) cursor.readable();
  }

  /** Keeps an event at the place of the byte that comes next. */
  place(event: PlacedEvent): void {
    this.#events.push({ ...event, offset: this.#end });
    for (const cursor of this.#cursors) cursor.readable();
  }

  /** Bytes from `offset` on, up to `maxBytes` and to the end of a segment. */
  view(offset: number, maxBytes: number): Uint8Array {
    const at = offset - this.#segmentsStart;
    const segment = this.#segments[Math.floor(at / segmentBytes)];
    if (segment === undefined || offset >= this.#end) return noBytes;
    const from = at % segmentBytes;
    return segment.subarray(from, Math.min(from + maxBytes, from + this.#end - offset));
  }

  /** The first kept event from number `from` on; numbers count all events ever placed. */
  nextEvent(from: number): PlacedEvent | undefined {
    return this.#events[Math.max(0, from - this.#forgottenEvents)];
  }

  /** The number of the event that is placed next. */
  get eventCount(): number {
    return this.#forgottenEvents + this.#events.length;
  }

  /** The number of the first event at `offset` or behind it. */
  eventAt(offset: number): number {
    const index = this.#events.findIndex((event) => event.offset >= offset);
    return index === -1 ? this.eventCount : this.#forgottenEvents + index;
  }

  /** The number of the first event that is kept. */
  get firstEvent(): number {
    return this.#forgottenEvents;
  }

  add(cursor: LogCursor): void {
    this.#cursors.add(cursor);
  }

  remove(cursor: LogCursor): void {
    this.#cursors.delete(cursor);
  }

  #forget(offset: number): void {
    if (offset <= this.#start) return;
    this.#start = offset;
    while (this.#segmentsStart + segmentBytes <= this.#start) {
      this.#segments.shift();
      this.#segmentsStart += segmentBytes;
    }
    for (let event = this.#events[0]; event !== undefined && event.offset < this.#start; event = this.#events[0]) {
      this.#events.shift();
      this.#forgottenEvents += 1;
    }
  }
}

/** What a cursor's owner is told. */
export interface CursorListener {
  readable(): void;
  event(event: LinkEvent): void;
}

/** One reader's place in a log. */
export class LogCursor {
  readonly #log: PortLog;
  #offset: number;
  #nextEvent: number;
  #listener: CursorListener | undefined;

  /** @param offset of the byte that the reader begins with; events before it are not delivered */
  constructor(log: PortLog, offset: number) {
    this.#log = log;
    this.#offset = offset;
    this.#nextEvent = log.eventAt(offset);
    log.add(this);
  }

  get offset(): number {
    return this.#offset;
  }

  listen(listener: CursorListener): void {
    this.#listener = listener;
    this.readable();
  }

  peek(maxBytes: number): Uint8Array {
    const event = this.#log.nextEvent(this.#nextEvent);
    const untilEvent = event === undefined ? Number.POSITIVE_INFINITY : event.offset - this.#offset;
    return this.#log.view(this.#offset, Math.min(maxBytes, untilEvent));
  }

  consume(bytes: number): void {
    this.#offset += bytes;
    this.#deliver();
  }

  /** Goes to the end; what lies before is discarded, events included. */
  skipToEnd(): void {
    this.#offset = this.#log.endOffset;
    this.#nextEvent = this.#log.eventCount;
  }

  /** Called by the log when there is something new. */
  readable(): void {
    this.#deliver();
    if (this.peek(1).length > 0) this.#listener?.readable();
  }

  close(): void {
    this.#log.remove(this);
  }

  #deliver(): void {
    const missing = this.#log.startOffset - this.#offset;
    if (missing > 0) {
      this.#listener?.event({ kind: 'gap', offset: this.#offset, bytes: missing });
      this.#offset += missing;
      this.#nextEvent = Math.max(this.#nextEvent, this.#log.firstEvent);
    }
    let event = this.#log.nextEvent(this.#nextEvent);
    while (this.#listener !== undefined && event !== undefined && event.offset <= this.#offset) {
      this.#nextEvent += 1;
      this.#listener.event(event);
      event = this.#log.nextEvent(this.#nextEvent);
    }
  }
}

const noBytes = new Uint8Array(0);
