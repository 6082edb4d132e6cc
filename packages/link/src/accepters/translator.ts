import type { AccessProtocol } from '@sercli/protocol';
import type { LinkEvent, SerialLink } from '../serial-link.ts';
import type { SessionClock } from './session-clock.ts';

/** What a translator has of its session. */
export interface TranslatorSession {
  readonly link: SerialLink;
  readonly clock: SessionClock;
  /** Sends to the client; the memory may be reused at once. */
  send(bytes: Uint8Array): void;
  /** As `send`, in a write of its own, so that a network that is not busy carries it in one segment. */
  sendApart(bytes: Uint8Array): void;
  /** Bytes for the device, in their place among actions; their memory is kept until the device has them. */
  toDevice(bytes: Uint8Array): void;
  /** Runs when the device's driver has every byte before it. Must not reject. */
  inOrder(action: () => Promise<void>): void;
  /** Discards the bytes for the device that it does not have yet. */
  discardUnwritten(): void;
  /** Whether the bytes of the device may go to the client has changed. */
  resume(): void;
}

/** One access protocol: what the bytes of a client mean, and how those of the device are written for it. */
export interface Translator {
  readonly protocol: AccessProtocol;
  /** False: nothing of the device is sent to the client now. */
  readonly mayGive: boolean;
  /** So many bytes of the device are given to `give` at a time, at most. */
  readonly giveBytes: number;
  /** Sends what is said first. */
  start(): void;
  /** Bytes came from the client. */
  take(bytes: Uint8Array): void;
  /** The client sends no more. */
  clientEnded(): void;
  /** Sends bytes of the device. */
  give(bytes: Uint8Array): void;
  /**
   * Something happened on the link; what has a place among its bytes comes in that place.
   *
   * @returns whether the client was told of it
   */
  event(event: LinkEvent): boolean;
  /** Nothing is sent or asked for any more. */
  stop(): void;
}
