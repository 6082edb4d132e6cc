import { randomBytes } from 'node:crypto';
import type { LinkEvent } from '@sercli/link';
import type { Clock } from '../devices/clock.ts';
import { ArrivalTimes } from './arrival-times.ts';
import { type LogMemory, segmentBytes } from './log-memory.ts';

/** Events that are kept; above it the oldest goes, with the bytes before it. */
const eventCapacity = 16_384;

export type PlacedEvent = Extract<LinkEvent, { kind: 'gap' | 'break' | 'line-error' }>;

/** What is placed among the bytes; of a gap in what the device sent, nobody knows the size. */
export type EventToPlace =
  | { readonly kind: 'gap' }
  | { readonly kind: 'break' }
  | { readonly kind: 'line-error'; readonly error: 'parity' | 'framing' | 'overrun' };

/** A place in a log: the byte that is read next, and the number of the event that is. */
export interface LogPlace {
  readonly offset: number;
  readonly event: number;
}

/** Who reads a log. */
export interface LogReader {
  readonly offset: number;
  /** Bytes came; the first of them has the offset `from`. */
  bytesCame(from: number): void;
  eventCame(): void;
  /** The log has forgotten bytes that the reader has not read. */
  overtaken(): void;
}

export interface PortLogOptions {
  /** How much is kept, in bytes. */
  readonly capacityBytes: number;
  readonly memory: LogMemory;
  readonly clock: Clock;
}

/**
 * What a port has received, at most `capacityBytes` of it, with the events among the bytes and the times of both.
 *
 * Offsets count from the beginning of the log and never start again. The oldest bytes make room for new ones; a reader
 * that has not come so far finds a gap of exactly that length.
 */
export class PortLog {
  /** Names this log: offsets mean something only together with it. */
  readonly epoch = newEpoch();
  readonly capacityBytes: number;
  readonly #memory: LogMemory;
  readonly #clock: Clock;
  readonly #segments: Uint8Array[] = [];
  /** Offset of the first segment's first byte. */
  #segmentsStart = 0;
  #start = 0;
  #end = 0;
  readonly #events: PlacedEvent[] = [];
  #forgottenEvents = 0;
  readonly #times = new ArrivalTimes();
  readonly #readers = new Set<LogReader>();

  constructor({ capacityBytes, memory, clock }: PortLogOptions) {
    this.capacityBytes = capacityBytes;
    this.#memory = memory;
    this.#clock = clock;
    memory.add(this);
  }

  /** Offset of the oldest byte that is kept. */
  get startOffset(): number {
    return this.#start;
  }

  /** Offset of the byte that comes next. */
  get endOffset(): number {
    return this.#end;
  }

  /** Behind all bytes and events. */
  get endPlace(): LogPlace {
    return { offset: this.#end, event: this.#forgottenEvents + this.#events.length };
  }

  /** For the memory of all logs. */
  get segments(): number {
    return this.#segments.length;
  }

  append(bytes: Uint8Array): void {
    const from = this.#end;
    if (bytes.length > 0) this.#times.came(from, this.#clock.now());
    this.#copy(bytes);
    this.#forget(this.#end - this.capacityBytes);
    for (const reader of this.#readers) reader.bytesCame(from);
  }

  /** Keeps an event at the place of the byte that comes next. */
  place(event: EventToPlace): void {
    const offset = this.#end;
    this.#events.push(event.kind === 'gap' ? { ...event, offset, bytes: undefined } : { ...event, offset });
    if (this.#events.length > eventCapacity) this.#forgetEvent();
    for (const reader of this.#readers) reader.eventCame();
  }

  /** Bytes from `offset` on, up to `maxBytes` and to the end of a segment. */
  view(offset: number, maxBytes: number): Uint8Array {
    const at = offset - this.#segmentsStart;
    const segment = this.#segments[Math.floor(at / segmentBytes)];
    if (segment === undefined || offset >= this.#end) return noBytes;
    const from = at % segmentBytes;
    return segment.subarray(from, Math.min(from + maxBytes, from + this.#end - offset));
  }

  /** The number of the oldest event that is kept; numbers count all events ever placed. */
  get firstEvent(): number {
    return this.#forgottenEvents;
  }

  eventAt(number: number): PlacedEvent | undefined {
    return this.#events[number - this.#forgottenEvents];
  }

  /** At a byte, before the events that stand there. */
  placeAt(offset: number): LogPlace {
    const index = this.#events.findIndex((event) => event.offset >= offset);
    return { offset, event: this.#forgottenEvents + (index === -1 ? this.#events.length : index) };
  }

  /** The first byte that came in the last `ms` milliseconds, give or take those in which times are counted. */
  offsetSince(ms: number): number {
    const offset = this.#times.offsetSince(this.#clock.now() - ms) ?? this.#end;
    return Math.max(this.#start, offset);
  }

  add(reader: LogReader): void {
    this.#readers.add(reader);
  }

  remove(reader: LogReader): void {
    this.#readers.delete(reader);
  }

  /** Forgets at least the oldest segment. */
  giveUpSegment(): void {
    this.#forget(Math.min(this.#end, this.#segmentsStart + segmentBytes));
  }

  /** Nothing is appended any more. Readers that are there still read the rest. */
  close(): void {
    this.#memory.remove(this);
  }

  #copy(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#end - this.#segmentsStart === this.#segments.length * segmentBytes) {
      // This log may be the one that gives up a segment for it.
      this.#segments.push(this.#memory.takeSegment());
    }
    const used = (this.#end - this.#segmentsStart) % segmentBytes;
    const room = segmentBytes - used;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    this.#segments.at(-1)?.set(part, used);
    this.#end += part.length;
    if (part !== bytes) this.#copy(bytes.subarray(room));
  }

  #forget(offset: number): void {
    if (offset <= this.#start) return;
    this.#start = offset;
    this.#dropSegments();
    this.#times.forget(offset);
    let passed = 0;
    for (const event of this.#events) {
      if (event.offset >= offset) break;
      passed += 1;
    }
    this.#events.splice(0, passed);
    this.#forgottenEvents += passed;
    for (const reader of this.#readers) if (reader.offset < offset) reader.overtaken();
  }

  #forgetEvent(): void {
    const [oldest] = this.#events;
    if (oldest !== undefined) this.#forget(oldest.offset);
    this.#events.shift();
    this.#forgottenEvents += 1;
  }

  /** Those in which nothing is kept: a segment that is not full yet only if it has no byte left. */
  #dropSegments(): void {
    const isEmpty = this.#start === this.#end;
    const passed = Math.floor((this.#start - this.#segmentsStart) / segmentBytes);
    const dropped = this.#segments.splice(0, isEmpty ? this.#segments.length : passed);
    for (const segment of dropped) this.#memory.giveBack(segment);
    this.#segmentsStart = isEmpty ? this.#end : this.#segmentsStart + passed * segmentBytes;
  }
}

/** Base32 (RFC 4648 section 6): to be read out and typed, with an offset. */
const epochAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function newEpoch(): string {
  return Array.from(randomBytes(8), (byte) => epochAlphabet[byte % epochAlphabet.length]).join('');
}

const noBytes = new Uint8Array(0);
