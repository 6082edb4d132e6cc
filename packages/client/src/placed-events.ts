import type { LinkEvent } from '@sercli/link';

/** An event with a place among the received bytes. */
export type PlacedEvent = Extract<LinkEvent, { kind: 'gap' | 'break' | 'line-error' }>;

/** Breaks need no bytes between them: a reader that does not read is told of the oldest ones early when more than so many wait. */
const mostWaiting = 1_024;

/** Events that wait until the bytes before them are read. */
export class PlacedEvents {
  readonly #waiting: PlacedEvent[] = [];

  /** @param offset how many bytes come before it */
  add(event: PlacedEvent, offset: number): void {
    this.#waiting.push({ ...event, offset });
  }

  /** The next one, if its place is reached. */
  next(readBytes: number): PlacedEvent | undefined {
    const [first] = this.#waiting;
    const isDue = first !== undefined && (first.offset <= readBytes || this.#waiting.length > mostWaiting);
    return isDue ? this.#waiting.shift() : undefined;
  }
}
