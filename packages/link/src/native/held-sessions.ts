import { randomBytes } from 'node:crypto';
import { type AccepterSession, SercliError, type SessionKeeper } from '@sercli/protocol';

/** Bytes of a token, which is all that is needed to go on with a session: nobody guesses 128 bits. */
const tokenBytes = 16;

/** Sessions that are held at once for clients which may never come back; each keeps a window of bytes. */
const mostCut = 256;

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
  /** Those that are cut off, by their tokens, the longest first. */
  readonly #cut = new Map<string, { readonly expiry: NodeJS.Timeout; expire(): void }>();
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
        const expire = (): void => session.expire(expiry(holding.graceMs, error));
        this.#cut.set(token, { expire, expiry: setTimeout(expire, holding.graceMs).unref() });
        holding.cut(error.message);
        if (this.#cut.size > mostCut) this.#cut.values().next().value?.expire();
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
