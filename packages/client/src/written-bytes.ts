import type { SerialLink } from '@sercli/link';

interface Chunk {
  readonly bytes: Uint8Array;
  /** So many of them are moved on. */
  moved: number;
  readonly done: (error?: Error | null) => void;
}

interface Waiting {
  /** How many bytes have to be moved before. */
  readonly offset: number;
  go(): void;
  fail(error: Error): void;
}

/**
 * What is written to a stream on its way to a link, chunk by chunk, with what is asked for between the bytes. Offsets count
 * the bytes of chunks that are done; `waitingBytes` are those that the stream has been given and that are not.
 */
export class WrittenBytes {
  #chunk: Chunk | undefined;
  #doneBytes = 0;
  /** Bytes below are discarded. */
  #discardedTo = 0;
  readonly #waiting: Waiting[] = [];

  /** Bytes that are moved, of a chunk that is not done. */
  get movedBytes(): number {
    return this.#chunk?.moved ?? 0;
  }

  /** The stream hands over the next chunk; the one before is done. */
  take(bytes: Uint8Array, done: Chunk['done']): void {
    this.#chunk = { bytes, moved: 0, done };
  }

  /** Does something when all that was written before has been moved: at once, if nothing waits. */
  behind<Result>(act: () => Promise<Result>, waitingBytes: number): Promise<Result> {
    if (waitingBytes === 0) return act();
    return new Promise((resolve, reject) => {
      const go = (): void => void act().then(resolve, reject);
      this.#waiting.push({ offset: this.#doneBytes + waitingBytes, go, fail: reject });
    });
  }

  /** Drops all that was written before. */
  discard(waitingBytes: number): void {
    this.#discardedTo = this.#doneBytes + waitingBytes;
  }

  /** Moves what the link takes; without control of the port nothing can be: it is dropped, and counted. */
  moveTo(link: Pick<SerialLink, 'write' | 'hasControl' | 'state'>): { readonly refusedBytes: number } {
    const chunk = this.#chunk;
    if (chunk === undefined || link.state.kind === 'closed') return { refusedBytes: 0 };
    const { length } = chunk.bytes;
    const isDiscarded = this.#doneBytes < this.#discardedTo;
    const refusedBytes = isDiscarded || link.hasControl ? 0 : length - chunk.moved;
    if (isDiscarded || refusedBytes > 0) chunk.moved = length;
    else chunk.moved += link.write(chunk.bytes.subarray(chunk.moved));
    if (chunk.moved === length) this.#finish(chunk);
    return { refusedBytes };
  }

  /** Nothing is moved any more. */
  fail(error: Error): void {
    for (const { fail } of this.#waiting.splice(0)) fail(error);
    const chunk = this.#chunk;
    this.#chunk = undefined;
    chunk?.done(error);
  }

  #finish(chunk: Chunk): void {
    this.#chunk = undefined;
    this.#doneBytes += chunk.bytes.length;
    while ((this.#waiting[0]?.offset ?? Number.POSITIVE_INFINITY) <= this.#doneBytes) this.#waiting.shift()?.go();
    chunk.done();
  }
}
