/** Size of the memory that frames are gathered in. */
const slabBytes = 65_536;

/**
 * Gathers the frames of one turn of the event loop, so that header and data, and the frames of several sessions, leave
 * in one write. The copy costs 0.2 us a frame; a write costs 45 us.
 *
 * Memory that was flushed is never written again: whoever got it may keep it.
 */
export class StagingBuffer {
  readonly #flush: (bytes: Buffer) => void;
  #slab = Buffer.allocUnsafe(slabBytes);
  #start = 0;
  #end = 0;
  #isScheduled = false;

  /** @param flush takes what was gathered, at the end of the current turn or when the memory is full */
  constructor(flush: (bytes: Buffer) => void) {
    this.#flush = flush;
  }

  get bytes(): number {
    return this.#end - this.#start;
  }

  add(part: Uint8Array): void {
    if (part.length > this.#slab.length - this.#end) this.#makeRoom(part.length);
    this.#slab.set(part, this.#end);
    this.#end += part.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (this.#start === this.#end) return;
    const gathered = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#flush(gathered);
  }

  #makeRoom(bytes: number): void {
    this.flush();
    this.#slab = Buffer.allocUnsafe(Math.max(slabBytes, bytes));
    this.#start = 0;
    this.#end = 0;
  }
}
