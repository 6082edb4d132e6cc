import type { Peer } from '@sercli/link';
import type { ListedSession, SercliError } from '@sercli/protocol';
import type { WantedSession } from '../access/access.ts';
import type { SessionStatus } from '../ports/session-status.ts';

/** What is known of a session where it is carried over the network. */
export interface SessionCarriage {
  /** Program and version of the client. */
  readonly software: string;
  readonly reconnects: number;
  readonly windowBytes: number;
  /** Of a client of an accepter. */
  readonly accepter?: ListedSession['accepter'];
}

/** A session's end on its port. */
export interface BookedLink {
  readonly status: SessionStatus;
  readonly closed: Promise<unknown>;
  abort(error: SercliError): void;
}

interface Entry extends WantedSession {
  /** Whose rights the session depends on; missing: it came by an accepter, which asks nobody who he is. */
  readonly peer?: Peer;
  readonly link: BookedLink;
  readonly carriage: () => SessionCarriage;
}

/** The sessions of an agent, for those who ask who is there, and for the question whether each may still be. */
export class SessionBook {
  readonly #entries = new Set<Entry>();

  /** Enters a session until its link is closed. */
  add(entry: Entry): void {
    this.#entries.add(entry);
    void entry.link.closed.then(() => this.#entries.delete(entry));
  }

  /** The sessions as `/v1/sessions` lists them. */
  list(): ListedSession[] {
    return [...this.#entries].map(({ port, link, carriage }) => {
      const { holder, since, cutSince, ...counts } = link.status;
      const { name, address, fingerprint } = holder;
      const client = { name, address, ...(fingerprint === undefined ? {} : { fingerprint }) };
      const cut = cutSince === undefined ? {} : { cutSince: cutSince.toISOString() };
      const { accepter, ...carried } = carriage();
      const by = accepter === undefined ? {} : { accepter };
      return { port, client, ...by, since: since.toISOString(), ...cut, ...counts, ...carried };
    });
  }

  /** Ends those that may not be any more, also those whose clients are cut off. */
  review(refusal: (peer: Peer, session: WantedSession) => SercliError | undefined): void {
    for (const { peer, port, role, link } of [...this.#entries]) {
      const error = peer && refusal(peer, { port, role });
      if (error !== undefined) link.abort(error);
    }
  }
}
