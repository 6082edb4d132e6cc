import type { SercliError } from '../errors.ts';
import type { Message } from './message-table.ts';

/** What a connection does with each of its sessions, whichever end it is. */
export interface Session {
  /** When `tick` has something to do, in the time of `now`. */
  readonly dueAt: number;
  /** @throws SercliError when the peer breaks the protocol: the whole connection ends */
  receiveData(offset: number, bytes: Uint8Array, now: number): void;
  receiveMessage(message: Message, now: number): void;
  /** The carrier takes data again. */
  pump(now: number): void;
  tick(now: number): void;
  /** The connection was cut; another one may carry the session on. */
  connectionLost(error: SercliError): void;
  /** A side has ended the connection, and its sessions with it. */
  connectionClosed(error: SercliError): void;
}
