import type { Clock } from '../devices/clock.ts';

/** At high speeds bytes are moved this often, many at once. */
const batchMs = 10;
const blockBytes = 1024;

type Pace =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly cancel: () => void }
  | { readonly kind: 'delivering' }
  /** The receiver took less than was due. */
  | { readonly kind: 'blocked' }
  | { readonly kind: 'stopped' };

/** Bytes on a serial line: put in at once, they come out at the line's speed. The bound is the owner's. */
export class PacedBytes {
  readonly #clock: Clock;
  readonly #characterMs: () => number;
  readonly #deliver: (bytes: Uint8Array) => number;
  readonly #blocks: Uint8Array[] = [];
  /** Where the bytes begin in the first block, and end in the last. */
  #head = 0;
  #tail = 0;
  #length = 0;
  /** When the next byte has come over the line in full. */
  #dueAt = 0;
  #pace: Pace = { kind: 'idle' };

  /** `deliver` says how many it takes; after less than all, it calls `retry` when it takes more. */
  constructor(clock: Clock, characterMs: () => number, deliver: (bytes: Uint8Array) => number) {
    this.#clock = clock;
    this.#characterMs = characterMs;
    this.#deliver = deliver;
  }

  get length(): number {
    return this.#length;
  }

  put(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#pace.kind === 'stopped') return;
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(this.#append(rest));
    if (this.#pace.kind === 'idle') this.#begin();
  }

  retry(): void {
    if (this.#pace.kind === 'blocked') this.#begin();
  }

  clear(): void {
    this.#drop(this.#length);
    this.#settle();
  }

  stop(): void {
    this.clear();
    this.#pace = { kind: 'stopped' };
  }

  /** Fills the last block: one byte at a time must not cost an array each. What was delivered is never written again. */
  #append(bytes: Uint8Array): number {
    let last = this.#blocks.at(-1);
    if (last === undefined || this.#tail === last.length) {
      last = new Uint8Array(blockBytes);
      this.#blocks.push(last);
      this.#tail = 0;
    }
    const part = bytes.subarray(0, last.length - this.#tail);
    last.set(part, this.#tail);
    this.#tail += part.length;
    this.#length += part.length;
    return part.length;
  }

  #begin(): void {
    this.#dueAt = this.#clock.now() + this.#characterMs();
    this.#schedule();
  }

  #schedule(): void {
    const lineMs = Math.min(this.#length * this.#characterMs(), batchMs);
    const waitMs = Math.max(this.#dueAt - this.#clock.now(), lineMs);
    this.#pace = { kind: 'waiting', cancel: this.#clock.after(waitMs, () => this.#tick()) };
  }

  #tick(): void {
    this.#pace = { kind: 'delivering' };
    const characterMs = this.#characterMs();
    const due = Math.floor((this.#clock.now() - this.#dueAt) / characterMs + 1 + Number.EPSILON);
    let left = Math.min(due, this.#length);
    this.#dueAt += left * characterMs;
    while (left > 0 && this.#pace.kind === 'delivering') {
      const block = this.#blocks[0];
      if (block === undefined) break;
      const first = block.subarray(this.#head, this.#head + left);
      const taken = this.#deliver(first);
      if (this.#pace.kind !== 'delivering') return;
      this.#drop(Math.min(taken, this.#length));
      left -= taken;
      if (taken < first.length) {
        this.#pace = { kind: 'blocked' };
        return;
      }
    }
    if (this.#length > 0) this.#schedule();
    else this.#pace = { kind: 'idle' };
  }

  #settle(): void {
    if (this.#pace.kind === 'waiting') this.#pace.cancel();
    if (this.#pace.kind !== 'stopped') this.#pace = { kind: 'idle' };
  }

  #drop(bytes: number): void {
    this.#length -= bytes;
    this.#head += bytes;
    if (this.#length === 0) {
      this.#blocks.length = 0;
      this.#head = 0;
    }
    for (let first = this.#blocks[0]; first !== undefined && this.#head >= first.length; first = this.#blocks[0]) {
      this.#head -= first.length;
      this.#blocks.shift();
    }
  }
}
