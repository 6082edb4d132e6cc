/** A read of fewer bytes than this costs more than the bytes are worth. */
const smallBytes = 256;
/** Reads that follow each other more slowly than this are no stream: each of them is awaited by somebody. */
const streamGapMs = 4;
/** So many small reads without a pause are a stream. */
const streamReads = 16;
/** A stream that comes faster fills the driver's memory before it is read: it is read at once again. */
const gatheredBytes = 2_048;
/** So many times nothing was there: the stream is over. */
const emptyLooks = 2;

/**
 * Decides whether a device is read as soon as it has something, or a moment later, when more has come.
 *
 * A device that sends on and on in small pieces costs a read, a frame and a wake-up at both ends for each of them; read
 * every three milliseconds, much less. A device that is spoken to is always read at once: what it says may be the
 * answer that the application waits for.
 */
export class ReadingPace {
  #smallReads = 0;
  #emptyLooks = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  /** Whether the next read can wait for more. */
  get isGathering(): boolean {
    return this.#smallReads >= streamReads;
  }

  /** So many bytes were there, at a time in milliseconds. */
  read(bytes: number, now: number): void {
    if (this.isGathering) this.#looked(bytes);
    else if (bytes > 0 && bytes < smallBytes && now - this.#readAt < streamGapMs) this.#smallReads += 1;
    else this.#smallReads = 0;
    this.#readAt = now;
  }

  /** The device was spoken to. */
  wrote(): void {
    this.#smallReads = 0;
  }

  #looked(bytes: number): void {
    this.#emptyLooks = bytes === 0 ? this.#emptyLooks + 1 : 0;
    if (bytes < gatheredBytes && this.#emptyLooks < emptyLooks) return;
    this.#smallReads = 0;
    this.#emptyLooks = 0;
  }
}
