import { cutBytes, joinBytes } from './byte-sequences.ts';

/** How a pipe carries bytes: how long each portion takes, and how what arrives is cut; both in turn and over again. */
export interface PipeManner {
  readonly delaysMs: readonly number[];
  readonly chunkSizes: readonly number[];
}

/** One direction of a simulated network: bytes come out in order, later, and in other chunks than they went in. */
export class BytePipe {
  readonly #manner: PipeManner;
  #portions: { readonly bytes: Uint8Array; readonly at: number }[] = [];
  #count = 0;
  #isBroken = false;
  #bytesUnderWay = 0;

  constructor(manner: PipeManner) {
    this.#manner = manner;
  }

  /** When the next bytes arrive. */
  get dueAt(): number {
    return this.#portions[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  get bytesUnderWay(): number {
    return this.#bytesUnderWay;
  }

  send(bytes: Uint8Array, now: number): void {
    if (this.#isBroken) return;
    this.#bytesUnderWay += bytes.length;
    const { delaysMs } = this.#manner;
    const delayMs = delaysMs[this.#count % delaysMs.length] ?? 0;
    this.#count += 1;
    const at = Math.max(now + delayMs, this.#portions.at(-1)?.at ?? 0);
    this.#portions.push({ bytes: bytes.slice(), at });
  }

  /** The chunks that have arrived by now. */
  receive(now: number): Uint8Array[] {
    const waiting = this.#portions.findIndex(({ at }) => at > now);
    const arrived = this.#portions.splice(0, waiting < 0 ? this.#portions.length : waiting);
    const bytes = joinBytes(arrived.map((portion) => portion.bytes));
    this.#bytesUnderWay -= bytes.length;
    return cutBytes(bytes, this.#manner.chunkSizes);
  }

  /** So many bytes of those under way still arrive; the others, and what is sent from now on, are lost. */
  break(keptBytes: number): void {
    this.#isBroken = true;
    let left = keptBytes;
    const kept = this.#portions.map(({ bytes, at }) => {
      const part = bytes.subarray(0, left);
      left -= part.length;
      return { bytes: part, at };
    });
    this.#portions = kept.filter(({ bytes }) => bytes.length > 0);
    this.#bytesUnderWay = keptBytes - left;
  }
}
