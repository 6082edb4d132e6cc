import { UnescapedBytes } from '../telnet/unescaped-bytes.ts';

/**
 * What DOSBox's nullmodem says of its lines: `FF` and a byte of these bits, a full state and not a change
 * (src/hardware/serialport/nullmodem.cpp of DOSBox). `FF FF` is the byte FF.
 */
export const nullmodemBits = { rts: 1, dtr: 2, break: 4 } as const;

/** The outputs of the sender, which are the inputs of the receiver: its RTS is their CTS, its DTR their DSR. */
export interface NullmodemState {
  readonly rts: boolean;
  readonly dtr: boolean;
  readonly break: boolean;
}

const escapeByte = 0xff;

/** The two bytes must reach DOSBox together: it takes an FF whose second byte has not come for a false break. */
export function encodeNullmodemState(state: NullmodemState): Uint8Array {
  const { rts, dtr, break: hasBreak } = nullmodemBits;
  return Uint8Array.of(escapeByte, (state.rts ? rts : 0) | (state.dtr ? dtr : 0) | (state.break ? hasBreak : 0));
}

/** How a decoder tells its owner what came. */
export interface NullmodemHandlers {
  /** The memory is the chunk's, or new. */
  data(bytes: Uint8Array): void;
  state(state: NullmodemState): void;
}

/** Reads what a nullmodem peer sends, however it is cut into chunks. Nothing that comes is an error. */
export class NullmodemDecoder {
  readonly #handlers: NullmodemHandlers;
  /** The last chunk ended with an FF. */
  #isEscaped = false;

  constructor(handlers: NullmodemHandlers) {
    this.#handlers = handlers;
  }

  receive(chunk: Uint8Array): void {
    const data = new UnescapedBytes(chunk, (bytes) => this.#handlers.data(bytes));
    for (let at = 0; at < chunk.length; ) {
      if (this.#isEscaped) {
        this.#escaped(chunk[at] ?? 0, at, data);
        at += 1;
        continue;
      }
      const found = chunk.indexOf(escapeByte, at);
      const end = found < 0 ? chunk.length : found;
      data.add(at, end);
      this.#isEscaped = found >= 0;
      at = end + 1;
    }
    data.flush();
  }

  #escaped(byte: number, at: number, data: UnescapedBytes): void {
    this.#isEscaped = false;
    if (byte === escapeByte) return data.add(at, at + 1);
    data.flush();
    const { rts, dtr, break: hasBreak } = nullmodemBits;
    this.#handlers.state({
      rts: (byte & rts) !== 0,
      dtr: (byte & dtr) !== 0,
      break: (byte & hasBreak) !== 0,
    });
  }
}
