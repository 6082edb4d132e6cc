import { iac, type TelnetVerb, telnetCommands, verbOf } from './telnet-codes.ts';
import { UnescapedBytes } from './unescaped-bytes.ts';

/** What a decoder finds, in the order in which it came. */
export interface TelnetHandlers {
  /** The memory is the chunk's, or new. */
  data(bytes: Uint8Array): void;
  /** One of `telnetCommands` without anything behind it, or an unknown one. */
  command(command: number): void;
  negotiation(verb: TelnetVerb, option: number): void;
  /** What stood between IAC SB and IAC SE: the option and its value, perhaps nothing; no more of it than the limit. */
  subnegotiation(body: Uint8Array): void;
}

/** Of a longer subnegotiation, the rest is read and not kept: no option that a port needs has a longer value. */
export const subnegotiationBytes = 512;

/** Lower bytes are no commands (RFC 1184 has the lowest, EOF). */
const lowestCommand = 236;

type State =
  | { readonly kind: 'data' }
  | { readonly kind: 'command' }
  | { readonly kind: 'option'; readonly verb: TelnetVerb }
  | { readonly kind: 'subnegotiation' }
  | { readonly kind: 'subnegotiation-command' };

const states = {
  data: { kind: 'data' },
  command: { kind: 'command' },
  subnegotiation: { kind: 'subnegotiation' },
  subnegotiationCommand: { kind: 'subnegotiation-command' },
} as const satisfies Record<string, State>;

/** Reads what a telnet peer sends (RFC 854, RFC 855), however it is cut into chunks. Nothing that comes is an error. */
export class TelnetDecoder {
  readonly #handlers: TelnetHandlers;
  #state: State = states.data;
  readonly #body = new Uint8Array(subnegotiationBytes);
  #bodyLength = 0;

  constructor(handlers: TelnetHandlers) {
    this.#handlers = handlers;
  }

  receive(chunk: Uint8Array): void {
    const data = new UnescapedBytes(chunk, (bytes) => this.#handlers.data(bytes));
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at, data);
    data.flush();
  }

  /** @returns where to go on */
  #step(chunk: Uint8Array, at: number, data: UnescapedBytes): number {
    const state = this.#state;
    switch (state.kind) {
      case 'data':
        return this.#run(chunk, at, states.command, (end) => data.add(at, end));
      case 'subnegotiation':
        return this.#run(chunk, at, states.subnegotiationCommand, (end) => this.#keep(chunk.subarray(at, end)));
      case 'command':
        this.#afterIac(chunk, at, data);
        return at + 1;
      case 'subnegotiation-command':
        this.#subnegotiationCommand(chunk, at);
        return at + 1;
      case 'option':
        this.#state = states.data;
        this.#handlers.negotiation(state.verb, chunk[at] ?? 0);
        return at + 1;
      default:
        return state satisfies never;
    }
  }

  /** Passes on what stands before the next IAC. */
  #run(chunk: Uint8Array, at: number, next: State, take: (end: number) => void): number {
    const found = chunk.indexOf(iac, at);
    take(found < 0 ? chunk.length : found);
    if (found < 0) return chunk.length;
    this.#state = next;
    return found + 1;
  }

  #afterIac(chunk: Uint8Array, at: number, data: UnescapedBytes): void {
    const byte = chunk[at] ?? 0;
    if (byte !== iac && byte >= lowestCommand) {
      data.flush();
      this.#command(byte);
      return;
    }
    this.#state = states.data;
    if (byte === iac) return data.add(at, at + 1);
    // No command: the sender has not doubled a byte of data, as DOSBox with `telnet:1`.
    if (at === 0) this.#handlers.data(Uint8Array.of(iac));
    data.add(Math.max(0, at - 1), at + 1);
  }

  #command(command: number): void {
    const verb = verbOf(command);
    if (verb !== undefined) {
      this.#state = { kind: 'option', verb };
    } else if (command === telnetCommands.sb) {
      this.#bodyLength = 0;
      this.#state = states.subnegotiation;
    } else {
      this.#state = states.data;
      this.#handlers.command(command);
    }
  }

  #subnegotiationCommand(chunk: Uint8Array, at: number): void {
    const command = chunk[at] ?? 0;
    if (command === iac) {
      this.#state = states.subnegotiation;
      this.#keep(chunk.subarray(at, at + 1));
    } else if (command === telnetCommands.se) {
      this.#state = states.data;
      this.#handlers.subnegotiation(this.#body.slice(0, this.#bodyLength));
    } else {
      // No SE came: what was begun is given up, so that it does not swallow the data behind it.
      this.#command(command);
    }
  }

  #keep(bytes: Uint8Array): void {
    const kept = bytes.subarray(0, subnegotiationBytes - this.#bodyLength);
    this.#body.set(kept, this.#bodyLength);
    this.#bodyLength += kept.length;
  }
}
