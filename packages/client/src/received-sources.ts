import type { LinkEvent, RemoteLink } from '@sercli/link';

type PlacedEvent = Extract<LinkEvent, { offset: number }>;

/** What a session has received. */
export type Received = Pick<RemoteLink, 'readOffset' | 'receivedOffset' | 'peek' | 'consume'>;

interface Source {
  readonly link: Received;
  /** What its offsets differ from those of the whole. */
  readonly shift: number;
  /** Events whose place is reached in the source, and that wait until what came before it is read. */
  readonly events: PlacedEvent[];
}

/**
 * What the sessions of one port have received, as one stream with offsets that go on: a session that has ended may still
 * have bytes, which come before those of the next.
 */
export class ReceivedSources {
  readonly #sources: Source[] = [];
  readonly #tell: (event: PlacedEvent) => void;
  /** Nobody listens yet. */
  #isHeld = true;

  constructor(tell: (event: PlacedEvent) => void) {
    this.#tell = tell;
  }

  get readOffset(): number {
    const first = this.#sources[0];
    return first === undefined ? 0 : first.link.readOffset + first.shift;
  }

  /** What a new session receives comes behind all else. */
  add(link: Received): void {
    const last = this.#sources.at(-1);
    const shift = last === undefined ? 0 : last.link.receivedOffset + last.shift - link.readOffset;
    this.#sources.push({ link, shift, events: [] });
    this.#goOn();
  }

  /** Whether a session is the one that is read now. */
  isFirst(link: Received): boolean {
    this.#goOn();
    return this.#sources[0]?.link === link;
  }

  peek(maxBytes: number): Uint8Array {
    this.#goOn();
    return this.#sources[0]?.link.peek(maxBytes) ?? noBytes;
  }

  consume(bytes: number): void {
    this.#sources[0]?.link.consume(bytes);
    this.#goOn();
  }

  /** Drops what sessions that have ended have received. */
  discard(): void {
    for (let first = this.#sources[0]; this.#sources.length > 1 && first !== undefined; first = this.#sources[0]) {
      first.link.consume(first.link.peek(Number.POSITIVE_INFINITY).length);
      this.#goOn();
    }
  }

  /** Notes an event whose place is reached in its session. */
  place(link: Received, event: PlacedEvent): void {
    const source = this.#sources.find((each) => each.link === link);
    if (source === undefined) return;
    source.events.push({ ...event, offset: event.offset + source.shift });
    this.#deliver();
  }

  /** Somebody listens from now on. */
  begin(): void {
    this.#isHeld = false;
    this.#deliver();
  }

  #deliver(): void {
    if (this.#isHeld) return;
    const events = this.#sources[0]?.events ?? [];
    for (let event = events.shift(); event !== undefined; event = events.shift()) this.#tell(event);
  }

  #goOn(): void {
    for (let first = this.#sources[0]; this.#sources.length > 1 && first?.link.peek(1).length === 0; ) {
      this.#sources.shift();
      first = this.#sources[0];
      this.#deliver();
    }
  }
}

const noBytes = new Uint8Array(0);
