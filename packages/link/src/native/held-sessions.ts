import { randomBytes } from 'node:crypto';
import { type AccepterSession, SercliError, type SessionKeeper } from '@sercli/protocol';

/** Bytes of a token, which is all that is needed to go on with a session: nobody guesses 128 bits. */
const tokenBytes = 16;

/** What is to be known of a session that is held. */
export interface SessionHolding {
  /** Milliseconds that a client which was cut off has to come back. */
  readonly graceMs: number;
  cut(reason: string): void;
  /** @param address where the client comes from now */
  resumed(address: string): void;
}

/** The sessions of an agent, by their tokens, so that a client that was cut off finds its own again. */
export class HeldSessions {
  readonly #sessions = new Map<string, AccepterSession>();
  readonly #expiries = new Map<string, NodeJS.Timeout>();
  /** Where the client comes from that resumes a session now. */
  #comingFrom = '';

  /** The session that a client at `address` comes back to. */
  find(token: string, address: string): AccepterSession | undefined {
    this.#comingFrom = address;
    return this.#sessions.get(token);
  }

  /** Holds a session until it is over: what its `accept` needs. */
  hold(session: AccepterSession, holding: SessionHolding): { readonly token: string; readonly keeper: SessionKeeper } {
    const token = randomBytes(tokenBytes).toString('base64url');
    this.#sessions.set(token, session);
    const keeper: SessionKeeper = {
      cut: (error) => {
        this.#stopWaiting(token);
        const expired = (): void => session.expire(expiry(holding.graceMs, error));
        this.#expiries.set(token, setTimeout(expired, holding.graceMs).unref());
        holding.cut(error.message);
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
    for (const token of [...this.#expiries.keys()]) this.#stopWaiting(token);
    this.#sessions.clear();
  }

  #stopWaiting(token: string): void {
    clearTimeout(this.#expiries.get(token));
    this.#expiries.delete(token);
  }
}

function expiry(graceMs: number, cause: SercliError): SercliError {
  const reason = `the client did not come back within ${graceMs / 1000} s`;
  return new SercliError('session-ended', { port: 'the port', reason }, { cause });
}
