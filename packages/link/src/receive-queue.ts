import type { LinkEvent, LinkListener } from './serial-link.ts';

type PlacedEvent = Extract<LinkEvent, { offset: number }>;

/**
 * Received bytes and the events among them, between whoever receives and the one consumer of a link.
 * Chunks are kept as they came, not copied: their memory must not change afterwards.
 */
export class ReceiveQueue {
  readonly #chunks: Uint8Array[] = [];
  readonly #events: PlacedEvent[] = [];
  /** Bytes of the first chunk that are consumed already. */
  #head = 0;
  #readOffset = 0;
  #endOffset = 0;
  #listener: LinkListener | undefined;

  constructor(startOffset = 0) {
    this.#readOffset = startOffset;
    this.#endOffset = startOffset;
  }

  get readOffset(): number {
    return this.#readOffset;
  }

  /** Offset of the byte that comes next from the sender. */
  get endOffset(): number {
    return this.#endOffset;
  }

  get queuedBytes(): number {
    return this.#endOffset - this.#readOffset;
  }

  listen(listener: LinkListener): void {
    this.#listener = listener;
    this.#deliver();
    if (this.#hasNext) listener.readable();
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const hadNext = this.#hasNext;
    const joined = joinAdjacent(this.#chunks.at(-1), bytes);
    if (joined === undefined) this.#chunks.push(bytes);
    else this.#chunks[this.#chunks.length - 1] = joined;
    this.#endOffset += bytes.length;
    if (!hadNext) this.#listener?.readable();
  }

  /** An event at the place where the next byte would come. A gap moves that place by its length. */
  pushBreak(): void {
    this.#place({ kind: 'break', offset: this.#endOffset });
  }

  pushLineError(error: 'parity' | 'framing' | 'overrun'): void {
    this.#place({ kind: 'line-error', offset: this.#endOffset, error });
  }

  pushGap(bytes: number | undefined): void {
    this.#place({ kind: 'gap', offset: this.#endOffset, bytes });
  }

  peek(maxBytes: number): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined) return noBytes;
    const event = this.#events[0];
    const untilEvent = event === undefined ? Number.POSITIVE_INFINITY : event.offset - this.#readOffset;
    const bytes = Math.min(maxBytes, untilEvent);
    return this.#head === 0 && bytes >= first.length ? first : first.subarray(this.#head, this.#head + bytes);
  }

  consume(bytes: number): void {
    if (bytes > this.queuedBytes) throw new RangeError(`${bytes} bytes consumed of ${this.queuedBytes}`);
    this.#readOffset += bytes;
    this.#dropChunks(bytes);
    this.#deliver();
  }

  /** Whether `peek` gives any. */
  get #hasNext(): boolean {
    const event = this.#events[0];
    return this.#chunks.length > 0 && (event === undefined || event.offset > this.#readOffset);
  }

  /** Drops everything that is queued up to `offset`, events included. Where that lies beyond the end, what comes next stands there. */
  discard(offset: number = this.#endOffset): void {
    for (let stop = this.#nextStop(offset); ; stop = this.#nextStop(offset)) {
      this.#dropChunks(stop - this.#readOffset);
      this.#readOffset = stop;
      const event = this.#events[0];
      if (event === undefined || event.offset > stop) break;
      this.#passEvent(event);
    }
    if (offset <= this.#endOffset) return;
    this.#readOffset = offset;
    this.#endOffset = offset;
  }

  /** Where the bytes end that can be dropped at once: at `offset`, or at the next event before it. */
  #nextStop(offset: number): number {
    const event = this.#events[0]?.offset ?? Number.POSITIVE_INFINITY;
    return Math.max(this.#readOffset, Math.min(offset, this.#endOffset, event));
  }

  #dropChunks(bytes: number): void {
    this.#head += bytes;
    let first = this.#chunks[0];
    while (first !== undefined && this.#head >= first.length) {
      this.#head -= first.length;
      this.#chunks.shift();
      first = this.#chunks[0];
    }
  }

  #place(event: PlacedEvent): void {
    this.#events.push(event);
    if (event.kind === 'gap') this.#endOffset += event.bytes ?? 0;
    this.#deliver();
  }

  /** Hands over the events whose place has been reached. */
  #deliver(): void {
    let event = this.#events[0];
    while (this.#listener !== undefined && event !== undefined && event.offset <= this.#readOffset) {
      this.#passEvent(event);
      this.#listener.event(event);
      event = this.#events[0];
    }
  }

  #passEvent(event: PlacedEvent): void {
    this.#events.shift();
    if (event.kind === 'gap') this.#readOffset += event.bytes ?? 0;
  }
}

/** Two pieces of one memory that follow each other as one, so that many small reads make one long peek. */
function joinAdjacent(first: Uint8Array | undefined, second: Uint8Array): Uint8Array | undefined {
  if (first === undefined || first.buffer !== second.buffer) return undefined;
  if (first.byteOffset + first.length !== second.byteOffset) return undefined;
  return new Uint8Array(first.buffer, first.byteOffset, first.length + second.length);
}

const noBytes = new Uint8Array(0);
