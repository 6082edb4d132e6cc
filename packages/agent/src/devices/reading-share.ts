import { type Clock, oneForEachClock } from './clock.ts';

/** Reads of a device that sends all it can, in one turn of the event loop: what others have to do waits meanwhile. */
const mostReads = 6;
/** The same while somebody waits for an answer: an eighth less rate, and a third of the time that the answer takes. */
const readsBesideTalk = 2;
/** So long after a write the device may still answer, in milliseconds. */
const answerMs = 10;

/** How much of a turn of the event loop one device may have, as all of an agent's devices share it. */
export class ReadingShare {
  readonly #clock: Clock;
  #spokenToAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A device was written to. */
  spokenTo(): void {
    this.#spokenToAt = this.#clock.now();
  }

  /** How often a device is read in this turn, as long as it has more to say. */
  get reads(): number {
    return this.#clock.now() - this.#spokenToAt > answerMs ? mostReads : readsBesideTalk;
  }
}

/** The one of all devices that have this clock. */
export const readingShareOf = oneForEachClock((clock) => new ReadingShare(clock));
