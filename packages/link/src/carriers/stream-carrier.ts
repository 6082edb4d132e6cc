import type { Socket } from 'node:net';
import { reasonOf, SercliError } from '@sercli/protocol';
import type { Carrier, CarrierListener } from './carrier.ts';
import { addressOf } from './peer-address.ts';
import { StagingBuffer } from './staging-buffer.ts';

/** The native stream on a socket that HTTP's `Upgrade: sercli` has freed. */
export class StreamCarrier implements Carrier {
  readonly peerAddress: string;
  readonly localAddress: string | undefined;
  readonly keepsFrames = false;
  readonly #socket: Socket;
  readonly #staging = new StagingBuffer(
    (bytes) => void this.#socket.write(bytes),
    () => this.#socket.writableLength,
  );
  #failure: Error | undefined;

  /** @param head what came together with the upgrade; it is part of the stream */
  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.peerAddress = addressOf(socket);
    this.localAddress = socket.localAddress;
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#failure = error;
    });
    if (head.length > 0) socket.unshift(head);
  }

  get bufferedBytes(): number {
    return this.#staging.bytes + this.#socket.writableLength;
  }

  get isCongested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  send(head: Uint8Array, body?: Uint8Array): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#staging.add(head);
    if (body !== undefined) this.#staging.add(body);
  }

  listen(listener: CarrierListener): void {
    this.#socket.on('drain', () => listener.drained());
    this.#socket.on('close', () => listener.ended(connectionLost(this.peerAddress, this.#failure)));
    this.#socket.on('end', () => this.#socket.end());
    this.#socket.on('data', (chunk: Buffer) => listener.received(chunk));
    if (this.#socket.destroyed) listener.ended(connectionLost(this.peerAddress, this.#failure));
  }

  close(): void {
    this.#staging.flush();
    this.#socket.end();
  }

  abort(): void {
    this.#socket.destroy();
  }
}

/** The error of a connection whose carrier ended, because of `failure` or because the peer ended it. */
export function connectionLost(host: string, failure: Error | undefined): SercliError {
  const reason = failure === undefined ? 'the other side ended it' : reasonOf(failure);
  return new SercliError('connection-lost', { host, reason }, { cause: failure });
}
