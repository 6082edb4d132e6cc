import type { LineSettingsChange, SercliError, SessionRole, SessionStart } from '@sercli/protocol';
import type { SessionEvent } from './open-options.ts';

/** How a port is opened. */
export interface ConnectOptions {
  /** What the line is set to at the beginning; what is not said stays as the agent has it. */
  readonly settings?: LineSettingsChange | undefined;
  /** `monitor` only reads, beside whoever controls the port. `control` unless said otherwise. */
  readonly role?: SessionRole | undefined;
  /** Takes control from who has it, instead of failing with `port-busy`. */
  readonly takes?: boolean | undefined;
  /**
   * Where reading begins: `{ kind: 'last', bytes: 4096 }`, `{ kind: 'since', ms: 60_000 }` or `{ kind: 'all' }` of what the
   * agent keeps. With what comes from now on unless said otherwise.
   */
  readonly start?: SessionStart | undefined;
  /**
   * The fingerprint of the key that the agent must have: 52 characters, or the 16 that people compare. Without it the key
   * must be the known one, and one that is seen for the first time becomes known.
   */
  readonly trust?: string | undefined;
  /**
   * What to do when the agent does not know this client: `fail`; `ask` to be let in, and fail all the same; or `wait` until
   * it is let in. `ask` unless said otherwise.
   */
  readonly ifUnknown?: 'fail' | 'ask' | 'wait' | undefined;
  /** An agent, port or device that is not there yet, or is busy, is waited for; else it is an error. False unless said otherwise. */
  readonly isPatient?: boolean | undefined;
  /**
   * When the session is over, because the agent was restarted or was away for too long, the port is opened again: the stream
   * goes on, and what is missing or in doubt is told by `gap` and `in-doubt`. Else the stream ends with an error. True unless
   * said otherwise.
   */
  readonly reopens?: boolean | undefined;
  /** Milliseconds that a session whose connection is cut waits for the agent; 10 minutes unless said otherwise. */
  readonly graceMs?: number | undefined;
  /** Gives up opening. An open port is ended with `close` or `destroy`. */
  readonly signal?: AbortSignal | undefined;
  /** Told what happens around the session, before it is open too. */
  readonly told?: ((event: ConnectEvent) => void) | undefined;
}

/** What happens around a session. */
export type ConnectEvent =
  | SessionEvent
  /** The port could not be opened, or was lost, and is tried again after `retryMs` milliseconds. */
  | { readonly kind: 'retrying'; readonly error: SercliError; readonly retryMs: number };
