/** What comes within this time counts as come at once, unless there are too many slices. */
const sliceMs = 250;

/** Above it, slices are joined two by two: a log that fills slowly for weeks keeps coarser times. */
const mostSlices = 16_384;

/** Bytes that came one after the other, up to the next slice's. */
interface Slice {
  /** Offset of the first. */
  readonly offset: number;
  /** When the first came, and when the last did. */
  readonly from: number;
  until: number;
}

/** When the bytes of a log came. Times are those of one clock, in milliseconds. */
export class ArrivalTimes {
  #slices: Slice[] = [];

  /** How many times are kept. */
  get size(): number {
    return this.#slices.length;
  }

  /** Bytes from `offset` on came at `now`. */
  came(offset: number, now: number): void {
    const last = this.#slices.at(-1);
    if (last !== undefined && now - last.from < sliceMs) {
      last.until = now;
      return;
    }
    this.#slices.push({ offset, from: now, until: now });
    if (this.#slices.length > mostSlices) this.#join();
  }

  /** The first byte that came at `time` or later, or up to a slice before; undefined if none did. */
  offsetSince(time: number): number | undefined {
    return this.#slices.find(({ until }) => until >= time)?.offset;
  }

  /** Bytes below `offset` are kept no more. */
  forget(offset: number): void {
    let passed = 0;
    for (let next = this.#slices[1]; next !== undefined && next.offset <= offset; next = this.#slices[passed + 1]) {
      passed += 1;
    }
    if (passed > 0) this.#slices.splice(0, passed);
  }

  #join(): void {
    const pairs: Slice[] = [];
    for (const [index, slice] of this.#slices.entries()) {
      const pair = pairs.at(-1);
      if (index % 2 === 0 || pair === undefined) pairs.push({ ...slice });
      else pair.until = slice.until;
    }
    this.#slices = pairs;
  }
}
