import { randomBytes } from 'node:crypto';
import { type AccepterSession, defaultAgentLimits, SercliError, type SessionKeeper } from '@sercli/protocol';

/** Bytes of a token. Nobody guesses 128 bits, and to who has seen one it is of no use without the key of its client. */
const tokenBytes = 16;

/** What is to be known of a session that is held. */
export interface SessionHolding {
  /** Whose it is: the same for all connections of one client. */
  readonly client: string;
  /** Milliseconds that a client which was cut off has to come back. */
  readonly graceMs: number;
  cut(reason: string): void;
  /** @param address where the client comes from now */
  resumed(address: string): void;
}

/** The sessions of an agent, by their tokens, so that a client that was cut off finds its own again. */
export class HeldSessions {
  readonly #sessions = new Map<string, { readonly session: AccepterSession; readonly client: string }>();
  /** Those that are cut off, by their tokens, the longest first. */
  readonly #cut = new Map<string, { readonly expiry: NodeJS.Timeout; expire(): void }>();
  /** Where the client comes from that resumes a session now. */
  #comingFrom = '';

  /** The session that `client`, which is at `address` now, comes back to; undefined too if it is the one of another client. */
  find(token: string, { client, address }: { client: string; address: string }): AccepterSession | undefined {
    this.#comingFrom = address;
    const found = this.#sessions.get(token);
    return found !== undefined && found.client === client ? found.session : undefined;
  }

  /** Holds a session until it is over: what its `accept` needs. */
  hold(session: AccepterSession, holding: SessionHolding): { readonly token: string; readonly keeper: SessionKeeper } {
    const token = randomBytes(tokenBytes).toString('base64url');
    this.#sessions.set(token, { session, client: holding.client });
    const keeper: SessionKeeper = {
      cut: (error) => {
        this.#stopWaiting(token);
        const expire = (): void => session.expire(expiry(holding.graceMs, error));
        this.#cut.set(token, { expire, expiry: setTimeout(expire, holding.graceMs).unref() });
        holding.cut(error.message);
        if (this.#cut.size > defaultAgentLimits.cutSessions) this.#cut.values().next().value?.expire();
      },
      resumed: () => {
        this.#stopWaiting(token);
        holding.resumed(this.#comingFrom);
      },
      over: () => {
        this.#stopWaiting(token);
        this.#sessions.delete(token);
      },
    };
    return { token, keeper };
  }

  /** No client comes back any more. */
  close(): void {
    for (const token of [...this.#cut.keys()]) this.#stopWaiting(token);
    this.#sessions.clear();
  }

  #stopWaiting(token: string): void {
    clearTimeout(this.#cut.get(token)?.expiry);
    this.#cut.delete(token);
  }
}

function expiry(graceMs: number, cause: SercliError): SercliError {
  const reason = `its client did not come back, for which it had ${graceMs / 1000} s`;
  return new SercliError('session-ended', { port: 'the port', reason }, { cause });
}
