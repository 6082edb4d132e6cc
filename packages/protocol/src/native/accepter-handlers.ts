import type { SercliError } from '../errors.ts';
import type { PortRequest } from './messages/request.ts';

/** How an accepter's session tells the owner of the port what came. */
export interface AccepterHandlers {
  /** Bytes for the device. The memory is the chunk's and stays as it is. */
  received(bytes: Uint8Array, now: number): void;
  /** A request that comes after the bytes below `offset`; `finish` answers it. */
  request(sequence: number, offset: number, request: PortRequest): void;
  /** Data may be sent: the window or the carrier has room. */
  sendable(now: number): void;
  /** Offset up to which the device's driver took what was received. */
  taken(): number;
  /** The client closed on purpose: `close` is due once everything received has been taken. */
  closing(): void;
  /** Over at once: the client or the connection failed. */
  ended(error: SercliError): void;
}

/** How an accepter's session tells who keeps it for a client that comes back. */
export interface SessionKeeper {
  /** The connection was cut. `expire` gives up waiting for the client. */
  cut(error: SercliError): void;
  /** Another connection carries the session. */
  resumed(): void;
  /** Nothing of the session is left: its token names nothing any more. */
  over(): void;
}
