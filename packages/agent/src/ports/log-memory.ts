/** Logs take their memory in pieces of this size, as they fill. */
export const segmentBytes = 65_536;

/** A log that takes its memory here. */
export interface MemoryUser {
  /** Segments that it has. */
  readonly segments: number;
  /** Gives up its oldest segment, and what is in it. */
  giveUpSegment(): void;
}

/**
 * The memory of all logs of an agent together. When one of them needs more than there is, the largest gives up what it
 * has kept longest: its readers that have not come so far find a gap.
 */
export class LogMemory {
  /** Bytes for all logs together; a smaller number takes effect with the next segment. */
  capacityBytes: number;
  readonly #users = new Set<MemoryUser>();
  /** Given back by the log that is written to next, most of the time: one that is full drops a segment for each new one. */
  #spare: Uint8Array | undefined;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  get usedBytes(): number {
    let segments = 0;
    for (const user of this.#users) segments += user.segments;
    return segments * segmentBytes;
  }

  add(user: MemoryUser): void {
    this.#users.add(user);
  }

  /** The log keeps nothing any more. */
  remove(user: MemoryUser): void {
    this.#users.delete(user);
  }

  /** One more segment. It holds what it held before. */
  takeSegment(): Uint8Array {
    this.#makeRoom();
    const segment = this.#spare ?? new Uint8Array(segmentBytes);
    this.#spare = undefined;
    return segment;
  }

  /** Fresh memory for each segment would have the garbage collector look through the whole heap again and again. */
  giveBack(segment: Uint8Array): void {
    this.#spare = segment;
  }

  /** Makes room for one more segment, if a log has any to give up. */
  #makeRoom(): void {
    let excess = Math.ceil((this.usedBytes + segmentBytes - this.capacityBytes) / segmentBytes);
    for (; excess > 0; excess -= 1) this.#largest()?.giveUpSegment();
  }

  #largest(): MemoryUser | undefined {
    let largest: MemoryUser | undefined;
    for (const user of this.#users) if (user.segments > (largest?.segments ?? 0)) largest = user;
    return largest;
  }
}
