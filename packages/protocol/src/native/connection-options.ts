import type { SercliError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { AccepterSession } from './accepter-session.ts';
import type { MessageOf, Role } from './message-table.ts';
import type { Hello } from './messages/hello.ts';

/** How a connection tells its owner what came, and hands over what is to be sent. */
export interface ConnectionHandlers {
  /** A frame, or its header and its body, to be sent in order. The body's memory is reused after the return. */
  send(head: Uint8Array, body?: Uint8Array): void;
  /** The peer has introduced itself. */
  greeted(hello: Hello): void;
  /** The connector wants a port; the answer is `accept` or `close` of the session. Never called on a connector. */
  open(session: AccepterSession, open: MessageOf<'open'>): void;
  /** The session that has this token, which its client goes on with; undefined if there is none. Never called on a connector. */
  resume(token: string): AccepterSession | undefined;
  /** `nextTickAt` is now no later than this. */
  wake(at: number): void;
  /** Over: everything to be said has been sent, the carrier may end. Without an error if a side closed on purpose. */
  ended(error: SercliError | undefined): void;
}

/** Who speaks on a connection, and what it puts up with. */
export interface ConnectionOptions {
  readonly role: Role;
  /** What this side is called, told to the peer. */
  readonly name: string;
  /** Program and version, told to the peer. */
  readonly software: string;
  readonly limits: Limits;
  /** The newest wire version to speak; the newest there is unless said otherwise. */
  readonly newestWire?: number | undefined;
}
