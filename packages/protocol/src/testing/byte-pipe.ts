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

  constructor(manner: PipeManner) {
    this.#manner = manner;
  }

  /** When the next bytes arrive. */
  get dueAt(): number {
    return this.#portions[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  send(bytes: Uint8Array, now: number): void {
    const { delaysMs } = this.#manner;
    const delayMs = delaysMs[this.#count % delaysMs.length] ?? 0;
    this.#count += 1;
    const at = Math.max(now + delayMs, this.#portions.at(-1)?.at ?? 0);
    this.#portions.push({ bytes: bytes.slice(), at });
  }

  /** The chunks that have arrived by now. */
  receive(now: number): Uint8Array[] {
    const arrived = this.#portions.filter(({ at }) => at <= now);
    this.#portions = this.#portions.slice(arrived.length);
    return cutBytes(joinBytes(arrived.map(({ bytes }) => bytes)), this.#manner.chunkSizes);
  }

  /** The bytes under way are lost. */
  cut(): void {
    this.#portions = [];
  }
}
