import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Carrier, CarrierListener } from './carrier.ts';
import { addressOf } from './peer-address.ts';
import { connectionLost } from './stream-carrier.ts';

/** Frames as the messages of a WebSocket (RFC 6455): one frame, one binary message. */
export class WebSocketCarrier implements Carrier {
  readonly peerAddress: string;
  readonly localAddress: string | undefined;
  readonly keepsFrames = true;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  #isCorked = false;
  #failure: Error | undefined;

  /** @param socket the one that carries the WebSocket: it tells how much is buffered, which ws does not */
  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.peerAddress = addressOf(socket);
    this.localAddress = socket.localAddress;
    socket.setNoDelay(true);
    webSocket.binaryType = 'nodebuffer';
    // The first message can come together with the upgrade, before anybody listens.
    webSocket.pause();
    webSocket.on('error', (error) => {
      this.#failure = error;
    });
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  get isCongested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  send(head: Uint8Array, body?: Uint8Array): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#cork();
    this.#webSocket.send(body === undefined ? head : Buffer.concat([head, body]));
  }

  listen(listener: CarrierListener): void {
    this.#socket.on('drain', () => listener.drained());
    this.#webSocket.on('close', () => listener.ended(connectionLost(this.peerAddress, this.#failure)));
    this.#webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      // A text message holds no frame; as an empty one it is refused like any message that is not one frame.
      listener.received(isBinary ? data : Buffer.alloc(0));
    });
    this.#webSocket.resume();
  }

  close(): void {
    this.#webSocket.close(1000);
  }

  abort(): void {
    this.#webSocket.terminate();
  }

  /** Messages of one turn of the event loop leave in one write. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }
}
