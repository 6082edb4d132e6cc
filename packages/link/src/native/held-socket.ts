import type { Socket } from 'node:net';

/** Bytes of a client that are kept; a ClientHello has 2,000 at most. */
const maxHeldBytes = 16_384;

/**
 * A connection whose turn has not come. It is read all the same: only so is it noticed, and closed, when the client goes
 * away, who would otherwise keep a place and take a turn.
 */
export class HeldSocket {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#keep);
    socket.on('error', this.#fail);
  }

  /** Lets go of it, as if nothing had been read yet. */
  release(): void {
    this.#socket.off('data', this.#keep);
    this.#socket.off('error', this.#fail);
    this.#socket.pause();
    if (this.#chunks.length > 0) this.#socket.unshift(Buffer.concat(this.#chunks));
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > maxHeldBytes) this.#socket.destroy();
  };

  readonly #fail = (): void => void this.#socket.destroy();
}
