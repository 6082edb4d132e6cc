import { maxChannel } from './frame-encoder.ts';
import type { Session } from './session.ts';

/** The sessions of a connection, by their channels. */
export class SessionTable {
  readonly #sessions = new Map<number, Session>();
  #lastChannel = 0;

  get size(): number {
    return this.#sessions.size;
  }

  /** All sessions now; they may come and go while they are looked at. */
  get all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** When the first of them has something to do. */
  get dueAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const session of this.#sessions.values()) at = Math.min(at, session.dueAt);
    return at;
  }

  get(channel: number): Session | undefined {
    return this.#sessions.get(channel);
  }

  set(channel: number, session: Session): void {
    this.#sessions.set(channel, session);
  }

  delete(channel: number): void {
    this.#sessions.delete(channel);
  }

  clear(): void {
    this.#sessions.clear();
  }

  /** A channel on which there is none. */
  freeChannel(): number {
    do this.#lastChannel = (this.#lastChannel % maxChannel) + 1;
    while (this.#sessions.has(this.#lastChannel));
    return this.#lastChannel;
  }

  tick(now: number): void {
    for (const session of this.#sessions.values()) if (now >= session.dueAt) session.tick(now);
  }

  /** Every session in turn; the one that was first goes last, so that the next turn begins with its neighbour. */
  pump(now: number, isCongested: () => boolean): void {
    for (const [channel, session] of [...this.#sessions]) {
      if (isCongested()) return;
      if (this.#sessions.delete(channel)) this.#sessions.set(channel, session);
      session.pump(now);
    }
  }
}
