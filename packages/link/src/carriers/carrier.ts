import type { SercliError } from '@sercli/protocol';

/** What carries the frames of one connection: an upgraded TLS stream, or the messages of a WebSocket. */
export interface Carrier {
  /** The peer's address as people write it: `192.168.7.2:51034`. */
  readonly peerAddress: string;
  /** The IP address that this machine has on the way; undefined where it has none. */
  readonly localAddress: string | undefined;
  /** Takes a frame, or its header and its body, in order. The memory may be reused after the return. */
  send(head: Uint8Array, body?: Uint8Array): void;
  /** Bytes that were taken and that the kernel does not have yet. */
  readonly bufferedBytes: number;
  /** So much is buffered that data should wait; `drained` tells when it has left. */
  readonly isCongested: boolean;
  /** Each chunk that it gives holds whole frames. */
  readonly keepsFrames: boolean;
  /** Sets the one consumer. What has come before is given to it at once. */
  listen(listener: CarrierListener): void;
  /** Ends after everything sent so far. */
  close(): void;
  /** Ends now. */
  abort(): void;
}

/** What the owner of a carrier is told. All are called synchronously and must not throw. */
export interface CarrierListener {
  /** Bytes of the stream, or one whole message; the memory stays as it is. */
  received(chunk: Uint8Array): void;
  /** `isCongested` is over. */
  drained(): void;
  /** Over, whoever ended it. Called once. */
  ended(error: SercliError): void;
}
