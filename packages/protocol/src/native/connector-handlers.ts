import type { SercliError } from '../errors.ts';
import type { Done } from './messages/done.ts';
import type { PortEvent } from './messages/event.ts';
import type { Opened } from './messages/opened.ts';

/** How a connector's session tells its owner what came. */
export interface ConnectorHandlers {
  opened(opened: Opened): void;
  /** Bytes from the device. The memory is the chunk's and stays as it is. */
  received(bytes: Uint8Array): void;
  /** An event at the place where the next byte comes. */
  event(event: PortEvent): void;
  /** Received bytes below this offset are void: a flush discarded them. */
  discarded(offset: number): void;
  done(done: Done): void;
  /** `write` takes bytes again. */
  writable(now: number): void;
  /** Offset up to which the application took what was received. */
  taken(): number;
  /** The connection was cut. The session goes on when another connection to the peer carries it (`Connection.carry`). */
  cut(error: SercliError): void;
  /** The session goes on where it was cut. */
  resumed(): void;
  /** Over; without an error if both sides closed on purpose. */
  ended(error: SercliError | undefined): void;
}
