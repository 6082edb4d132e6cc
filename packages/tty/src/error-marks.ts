/** Who gets what `ErrorMarkDecoder` finds, in its order. */
export interface MarkedBytes {
  /** Bytes as they came over the line: a part of the chunk, whose memory is used again for nothing else. */
  bytes(bytes: Uint8Array): void;
  /**
   * A break, where `byte` is 0; or a byte with a parity or framing error, which may be 0 as well: the mark does not say.
   *
   * @returns whether the byte came over the line, and is delivered next
   */
  mark(byte: number): boolean;
}

const markByte = 0xff;

/** Reads what a tty gives whose termios has error marks (PARMRK, termios(3)), in chunks of any size. */
export class ErrorMarkDecoder {
  #state: 'plain' | 'behind-ff' | 'behind-ff-00' = 'plain';

  /** Bytes behind a mark are moved to the front within the chunk: what is delivered is never longer than what it was. */
  decode(chunk: Uint8Array, to: MarkedBytes): void {
    if (this.#state === 'plain' && !chunk.includes(markByte)) return to.bytes(chunk);
    let from = 0;
    let end = 0;
    const deliver = (): void => {
      if (end > from) to.bytes(chunk.subarray(from, end));
      from = end;
    };
    for (let at = 0; at < chunk.length; ) {
      if (this.#state === 'plain') {
        const next = endOfPlain(chunk, at);
        chunk.copyWithin(end, at, next);
        end += next - at;
        at = next + 1;
        if (next < chunk.length) this.#state = 'behind-ff';
        continue;
      }
      const byte = chunk[at++] ?? 0;
      const isMark = this.#state === 'behind-ff-00';
      if (!isMark && byte === 0) {
        this.#state = 'behind-ff-00';
        continue;
      }
      this.#state = 'plain';
      if (isMark || byte !== markByte) deliver();
      // Written before the tty had marks: an ff that stands for itself.
      if (!isMark && byte !== markByte) to.bytes(Uint8Array.of(markByte));
      if (!isMark || to.mark(byte)) chunk[end++] = byte;
    }
    deliver();
  }
}

function endOfPlain(chunk: Uint8Array, at: number): number {
  const next = chunk.indexOf(markByte, at);
  return next < 0 ? chunk.length : next;
}
