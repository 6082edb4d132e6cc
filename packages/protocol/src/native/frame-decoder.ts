import { reasonOf, SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { readU64 } from './body.ts';
import { dataHeaderBytes, headerBytes } from './frame-encoder.ts';
import {
  dataType,
  firstOptionalType,
  type Message,
  type MessageName,
  messageNameOf,
  messageTable,
  type Role,
} from './message-table.ts';

/** How a decoder tells its owner what came. */
export interface FrameHandlers {
  message(channel: number, message: Message): void;
  /** A part of a DATA frame's bytes, as they came; the memory is the chunk's. */
  data(channel: number, offset: number, bytes: Uint8Array): void;
  /** A frame of an optional type that this side does not know was skipped. */
  skipped(type: number): void;
}

/** What comes next in the stream. */
type State =
  /** A header, and for DATA the offset after it. */
  | { readonly kind: 'header' }
  | {
      readonly kind: 'body';
      readonly name: MessageName;
      readonly channel: number;
      readonly body: Uint8Array;
      filled: number;
    }
  | { readonly kind: 'data'; readonly channel: number; offset: number; left: number }
  | { readonly kind: 'skip'; left: number };

const betweenFrames: State = { kind: 'header' };

/**
 * Takes a stream apart into messages and data, whatever its chunks.
 *
 * The header is checked before anything of the body is kept. Data bytes are handed on without being gathered or copied.
 * Once `push` has thrown, the stream is over.
 */
export class FrameDecoder {
  readonly #handlers: FrameHandlers;
  readonly #sender: Role;
  readonly #limits: Limits;
  /** The part of a header that the last chunk ended with. */
  readonly #head = new Uint8Array(dataHeaderBytes);
  readonly #headView = new DataView(this.#head.buffer);
  #headFilled = 0;
  #state: State = betweenFrames;

  /** @param sender the role of the side whose frames are read */
  constructor(handlers: FrameHandlers, sender: Role, limits: Limits) {
    this.#handlers = handlers;
    this.#sender = sender;
    this.#limits = limits;
  }

  /** False while a frame has begun and not ended. */
  get isBetweenFrames(): boolean {
    return this.#state.kind === 'header' && this.#headFilled === 0;
  }

  /** @throws SercliError `frame-*` */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) at += this.#take(chunk, at);
  }

  /** Uses what comes at `at` and says how many bytes that was. */
  #take(chunk: Uint8Array, at: number): number {
    const state = this.#state;
    switch (state.kind) {
      case 'header':
        return this.#takeHeader(chunk, at);
      case 'data': {
        const part = chunk.subarray(at, at + state.left);
        const { channel, offset } = state;
        state.offset += part.length;
        state.left -= part.length;
        if (state.left === 0) this.#state = betweenFrames;
        this.#handlers.data(channel, offset, part);
        return part.length;
      }
      case 'body': {
        const part = chunk.subarray(at, at + state.body.length - state.filled);
        state.body.set(part, state.filled);
        state.filled += part.length;
        if (state.filled === state.body.length) this.#endBody(state.channel, state.name, state.body);
        return part.length;
      }
      case 'skip': {
        const taken = Math.min(chunk.length - at, state.left);
        state.left -= taken;
        if (state.left === 0) this.#state = betweenFrames;
        return taken;
      }
      default:
        return state satisfies never;
    }
  }

  /** Byte by byte: for so few of them, views of the memory would cost more than all else here. */
  #takeHeader(chunk: Uint8Array, at: number): number {
    const wanted = this.#headFilled > 0 ? this.#head[0] : chunk[at];
    const whole = wanted === dataType ? dataHeaderBytes : headerBytes;
    const taken = Math.min(whole - this.#headFilled, chunk.length - at);
    for (let index = 0; index < taken; index++) this.#head[this.#headFilled + index] = chunk[at + index] ?? 0;
    this.#headFilled += taken;
    // The length is judged as soon as it is known, also where a DATA frame's offset is still to come.
    if (this.#headFilled >= headerBytes && whole > headerBytes) this.#checkDataHeader();
    if (this.#headFilled === whole) {
      this.#headFilled = 0;
      this.#begin();
    }
    return taken;
  }

  #begin(): void {
    const type = this.#headView.getUint8(0);
    const channel = this.#headView.getUint16(2);
    const length = this.#headView.getUint32(4);
    if (type === dataType) {
      const offset = this.#readOffset();
      if (length > 8) this.#state = { kind: 'data', channel, offset, left: length - 8 };
      else this.#handlers.data(channel, offset, noBytes);
      return;
    }
    const name = messageNameOf(type);
    this.#checkFlags(name ?? `0x${type.toString(16)}`);
    const limit = this.#limits.messageBytes;
    if (length > limit) throw new SercliError('frame-too-large', { type: name ?? type, length, limit });
    if (name === undefined) {
      if (type < firstOptionalType) throw new SercliError('frame-unknown', { type: `0x${type.toString(16)}` });
      this.#handlers.skipped(type);
      if (length > 0) this.#state = { kind: 'skip', left: length };
      return;
    }
    this.#checkSender(name, channel);
    if (length === 0) this.#endBody(channel, name, noBytes);
    else this.#state = { kind: 'body', name, channel, body: new Uint8Array(length), filled: 0 };
  }

  #checkDataHeader(): void {
    this.#checkFlags('data');
    const channel = this.#headView.getUint16(2);
    const length = this.#headView.getUint32(4);
    const limit = this.#limits.dataBytes + 8;
    if (length > limit) throw new SercliError('frame-too-large', { type: 'data', length, limit });
    if (length < 8) throw new SercliError('frame-malformed', { type: 'data', reason: 'it has no offset' });
    if (channel === 0) {
      throw new SercliError('frame-unexpected', { type: 'data', channel, reason: 'which is the connection itself' });
    }
  }

  #checkFlags(type: string): void {
    const flags = this.#headView.getUint8(1);
    if (flags !== 0) throw new SercliError('frame-malformed', { type, reason: `its flags are ${flags} instead of 0` });
  }

  #checkSender(name: MessageName, channel: number): void {
    const { sender, scope } = messageTable[name];
    if (sender !== 'both' && sender !== this.#sender) {
      throw new SercliError('frame-unexpected', { type: name, channel, reason: `which only the ${sender} may send` });
    }
    if ((scope === 'connection' && channel !== 0) || (scope === 'session' && channel === 0)) {
      throw new SercliError('frame-unexpected', { type: name, channel, reason: `and it belongs to a ${scope}` });
    }
  }

  #readOffset(): number {
    try {
      return readU64(this.#headView, headerBytes);
    } catch (cause) {
      throw new SercliError('frame-malformed', { type: 'data', reason: reasonOf(cause) }, { cause });
    }
  }

  #endBody(channel: number, name: MessageName, body: Uint8Array): void {
    this.#state = betweenFrames;
    let fields: object;
    try {
      fields = messageTable[name].body.decode(body);
    } catch (cause) {
      throw new SercliError('frame-malformed', { type: name, reason: reasonOf(cause) }, { cause });
    }
    this.#handlers.message(channel, { type: name, ...fields } as Message);
  }
}

const noBytes = new Uint8Array(0);
