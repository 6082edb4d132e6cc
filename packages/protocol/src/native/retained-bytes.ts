/** Memory is taken in pieces of this size and used again. */
const pieceBytes = 16_384;

interface Piece {
  readonly memory: Uint8Array;
  /** Offset of the first byte. */
  readonly offset: number;
  used: number;
}

/** Bytes that were sent and may have to be sent again, by their offsets. */
export class RetainedBytes {
  readonly #pieces: Piece[] = [];
  readonly #spare: Uint8Array[] = [];

  /** Keeps a copy. Offsets only grow; what lies between two appends was skipped. */
  append(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const piece = this.#pieceFor(offset);
    const room = pieceBytes - piece.used;
    const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
    piece.memory.set(part, piece.used);
    piece.used += part.length;
    if (part !== bytes) this.append(offset + room, bytes.subarray(room));
  }

  /** Forgets the bytes below `offset`, a piece at a time. */
  forget(offset: number): void {
    for (let first = this.#pieces[0]; first !== undefined; first = this.#pieces[0]) {
      if (first.offset + first.used > offset) return;
      this.#pieces.shift();
      if (first.memory.length === pieceBytes) this.#spare.push(first.memory);
    }
  }

  /** The bytes that begin at `offset`, at most `maxBytes` of them and to the end of a piece. Valid until the next call. */
  view(offset: number, maxBytes: number): Uint8Array {
    const piece = this.#pieces.find((candidate) => candidate.offset + candidate.used > offset);
    if (piece === undefined || piece.offset > offset) return noBytes;
    const from = offset - piece.offset;
    return piece.memory.subarray(from, Math.min(from + maxBytes, piece.used));
  }

  #pieceFor(offset: number): Piece {
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.offset + last.used === offset && last.used < pieceBytes) return last;
    if (last !== undefined && last.used < pieceBytes) this.#trim(last);
    const piece = { memory: this.#spare.pop() ?? new Uint8Array(pieceBytes), offset, used: 0 };
    this.#pieces.push(piece);
    return piece;
  }

  /** Nothing is appended to the last piece any more: many gaps do not make many large pieces of few bytes. */
  #trim({ memory, offset, used }: Piece): void {
    this.#pieces.splice(-1, 1, { memory: memory.slice(0, used), offset, used });
    this.#spare.push(memory);
  }
}

const noBytes = new Uint8Array(0);
