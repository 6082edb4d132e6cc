/** A tty gives at most this with one read(2) (N_TTY_BUF_SIZE, less one byte that it keeps free). */
export const mostReadBytes = 4_095;
const slabBytes = 65_536;

/**
 * Memory for what ttys are read into, one for all of them: what was received is handed on without being copied, and a
 * port that is silent keeps none.
 */
export class ReadMemory {
  #slab = new Uint8Array(slabBytes);
  #used = 0;
  #next = this.#slab.subarray(0, mostReadBytes);

  /** Memory for one read. What of its beginning is not kept is given again. */
  next(): Uint8Array {
    return this.#next;
  }

  /** The first bytes of what `next` gave last belong to whoever has them now. */
  keep(bytes: number): void {
    this.#used += bytes;
    if (slabBytes - this.#used < mostReadBytes) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    this.#next = this.#slab.subarray(this.#used, this.#used + mostReadBytes);
  }
}
