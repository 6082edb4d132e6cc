/** How often something may happen: so many times at once, and as time goes by so many a second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface HandshakeRates {
  /** Of one source, see `sourceOf`. */
  readonly perSource: Rate;
  /** Of all together. */
  readonly inAll: Rate;
}

/**
 * Whose turn it is to shake hands. A handshake keeps the thread that serves the ports for half a millisecond, so neither one
 * source nor all together may have as many as they like. Who is above the rate waits; of several sources the one goes first
 * that has had the fewest lately, and within a source who came first.
 *
 * What a source has had is one number, the moment at which its whole burst is there again: a virtual scheduling algorithm
 * (ITU-T I.371, annex A).
 */
export class HandshakeTurns<Waiting> {
  readonly #rates: HandshakeRates;
  /** Sources where somebody waits; of those that are equal, the first goes first. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  /**
   * When each source has its whole burst again, the longest without a turn first. It is remembered for as long again: who has
   * not come lately goes before those who come again and again.
   */
  readonly #restedAt = new Map<string, number>();
  #allRestedAt = 0;

  constructor(rates: HandshakeRates) {
    this.#rates = rates;
  }

  join(who: Waiting, source: string): void {
    const others = this.#waiting.get(source);
    if (others === undefined) this.#waiting.set(source, new Set([who]));
    else others.add(who);
  }

  isWaiting(who: Waiting, source: string): boolean {
    return this.#waiting.get(source)?.has(who) ?? false;
  }

  /** It waits no longer. */
  leave(who: Waiting, source: string): void {
    const others = this.#waiting.get(source);
    others?.delete(who);
    if (others?.size === 0) this.#waiting.delete(source);
  }

  /**
   * Whose turn it is, if it is anybody's; who it is waits no longer.
   *
   * @param now milliseconds of a clock that does not go back
   */
  take(now: number): Waiting | undefined {
    const source = this.#next();
    if (source === undefined || this.#dueAt(source) > now) return undefined;
    const others = this.#waiting.get(source) ?? new Set();
    const [who] = others;
    if (who !== undefined) others.delete(who);
    this.#waiting.delete(source);
    // Behind all other sources.
    if (others.size > 0) this.#waiting.set(source, others);
    this.#count(source, now);
    return who;
  }

  /** When it is the next one's turn; undefined when nobody waits. */
  nextAt(now: number): number | undefined {
    const source = this.#next();
    return source === undefined ? undefined : Math.max(now, this.#dueAt(source));
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#restedAt.size;
  }

  /** The source that has had the fewest lately, which is also the first that may have one. */
  #next(): string | undefined {
    let next: string | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const source of this.#waiting.keys()) {
      const restedAt = this.#restedAt.get(source) ?? 0;
      if (restedAt >= least) continue;
      next = source;
      least = restedAt;
    }
    return next;
  }

  #dueAt(source: string): number {
    const { perSource, inAll } = this.#rates;
    return Math.max(dueAt(perSource, this.#restedAt.get(source) ?? 0), dueAt(inAll, this.#allRestedAt));
  }

  #count(source: string, now: number): void {
    const { perSource, inAll } = this.#rates;
    const restedAt = this.#restedAt.get(source) ?? 0;
    this.#allRestedAt = later(inAll, this.#allRestedAt, now);
    this.#restedAt.delete(source);
    this.#restedAt.set(source, later(perSource, restedAt, now));
    const restMs = (perSource.burst * 1000) / perSource.perSecond;
    for (const [each, at] of this.#restedAt) {
      if (at + restMs > now) break;
      this.#restedAt.delete(each);
    }
  }
}

function dueAt({ burst, perSecond }: Rate, restedAt: number): number {
  return restedAt - ((burst - 1) * 1000) / perSecond;
}

function later({ perSecond }: Rate, restedAt: number, now: number): number {
  return Math.max(restedAt, now) + 1000 / perSecond;
}
