/**
 * Gathers the data of one chunk in which bytes of commands stand, so that its reader gets as few pieces as possible: a
 * chunk full of escaped bytes would give one piece a byte else.
 */
export class UnescapedBytes {
  readonly #chunk: Uint8Array;
  readonly #data: (bytes: Uint8Array) => void;
  /** Where data is copied to, from the first escaped byte on; before it, data is a piece of the chunk. */
  #copy: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  /** @param data gets pieces of the chunk, or copies; their memory does not change afterwards unless the chunk's does */
  constructor(chunk: Uint8Array, data: (bytes: Uint8Array) => void) {
    this.#chunk = chunk;
    this.#data = data;
  }

  /** The bytes of the chunk from `from` to `to` are data. */
  add(from: number, to: number): void {
    if (from === to) return;
    const isEmpty = this.#start === this.#end;
    if (this.#copy === undefined && (isEmpty || this.#end === from)) {
      if (isEmpty) this.#start = from;
      this.#end = to;
      return;
    }
    this.#copyTo(this.#chunk.subarray(from, to));
  }

  /** What comes next has its place behind the data so far. */
  flush(): void {
    const bytes = (this.#copy ?? this.#chunk).subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (bytes.length > 0) this.#data(bytes);
  }

  #copyTo(bytes: Uint8Array): void {
    if (this.#copy === undefined) {
      const copy = new Uint8Array(this.#chunk.length);
      const before = this.#chunk.subarray(this.#start, this.#end);
      copy.set(before);
      this.#copy = copy;
      this.#start = 0;
      this.#end = before.length;
    }
    this.#copy.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
