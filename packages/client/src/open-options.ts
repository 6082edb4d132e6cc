import type { SercliError } from '@sercli/protocol';

export interface OpenOptions {
  /** Gives up opening. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the session waits for the agent when its connection is cut; 10 minutes unless said otherwise. */
  readonly graceMs?: number | undefined;
  /**
   * What to do when the agent does not know this client: `fail`; `ask` to be let in, and fail all the same; or `wait` until
   * it is let in. `fail` unless said otherwise.
   */
  readonly ifUnknown?: 'fail' | 'ask' | 'wait' | undefined;
  readonly told?: ((event: SessionEvent) => void) | undefined;
}

/** What happens around a session that is no matter of its port. */
export type SessionEvent =
  /** Somebody on the agent's machine has to let this client in, within `waitMs`; the fingerprint is this client's, as people compare it. */
  | {
      readonly kind: 'waiting-for-authorization';
      readonly agentName: string;
      readonly fingerprint: string;
      readonly waitMs: number;
    }
  /** The agent has let this client in. */
  | { readonly kind: 'authorized' }
  /** Somebody else answered where a cut session should go on; the agent itself is tried again. */
  | { readonly kind: 'key-changed'; readonly error: SercliError };
