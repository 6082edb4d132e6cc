import type { SpokenProtocol } from './access-protocol.ts';
import { iac, telnetCommands } from './telnet/telnet-codes.ts';

/** How long a client has after connecting to show what it speaks, in milliseconds. */
export const detectionMs = 250;

/** So many pairs of a client that goes on with data at once: DOSBox opens with three, `FF 00 FF 00 FF 00`. */
const openingPairs = 3;
/** A run is not kept for longer: whoever sends that many pairs speaks nullmodem. */
const mostPairs = 256;

/**
 * Tells by its first bytes what a client speaks: telnet begins with a negotiation (IAC WILL, WONT, DO or DONT, or IAC SB),
 * DOSBox's nullmodem with an unbroken run of pairs `FF 00` to `FF 07`, two at least. Whatever else comes, or nothing, is raw.
 */
export class AccessDetector {
  readonly #first: number[] = [];

  /** @returns what is spoken, if these bytes show it */
  receive(bytes: Uint8Array): SpokenProtocol | undefined {
    for (const byte of bytes) {
      this.#first.push(byte);
      const decided = this.#decide();
      if (decided !== undefined) return decided;
    }
    return undefined;
  }

  /** `detectionMs` have passed since the client connected, or it sends no more. */
  timeUp(): SpokenProtocol {
    if (isNegotiation(this.#first)) return 'telnet';
    return this.#pairs >= 2 ? 'nullmodem' : 'raw';
  }

  get #pairs(): number {
    return this.#first.length >> 1;
  }

  /** Looks at the newest byte; those before it were undecided. */
  #decide(): SpokenProtocol | undefined {
    const length = this.#first.length;
    const byte = this.#first[length - 1] ?? 0;
    if (length % 2 === 1) {
      if (isNegotiation(this.#first)) return 'telnet';
      const isPair = byte === iac && !isVerb(this.#first[1] ?? 0);
      return isPair ? undefined : this.#broken();
    }
    if (byte <= 7) return this.#pairs >= mostPairs ? 'nullmodem' : undefined;
    return length === 2 && isVerb(byte) ? undefined : this.#broken();
  }

  /** What came is no pair. */
  #broken(): SpokenProtocol {
    const opening = this.#first.slice(0, 2 * openingPairs);
    const isOpening = this.#pairs >= openingPairs && opening.every((byte, at) => byte === (at % 2 === 0 ? iac : 0));
    return isOpening ? 'nullmodem' : 'raw';
  }
}

function isNegotiation(first: readonly number[]): boolean {
  return first[0] === iac && isVerb(first[1] ?? 0) && first[2] !== iac;
}

function isVerb(byte: number): boolean {
  return byte >= telnetCommands.sb && byte <= telnetCommands.dont;
}
