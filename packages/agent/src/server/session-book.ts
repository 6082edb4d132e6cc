import type { ListedSession } from '@sercli/protocol';
import type { SessionStatus } from '../ports/session-status.ts';

/** What is known of a session where it is carried over the network. */
export interface SessionCarriage {
  /** Program and version of the client. */
  readonly software: string;
  readonly reconnects: number;
  readonly windowBytes: number;
}

/** A session's end on its port. */
export interface BookedLink {
  readonly status: SessionStatus;
  readonly closed: Promise<unknown>;
}

interface Entry {
  readonly port: string;
  readonly link: BookedLink;
  readonly carriage: () => SessionCarriage;
}

/** The sessions of an agent, for those who ask who is there. */
export class SessionBook {
  readonly #entries = new Set<Entry>();

  /** Enters a session until its link is closed. */
  add(port: string, link: BookedLink, carriage: () => SessionCarriage): void {
    const entry = { port, link, carriage };
    this.#entries.add(entry);
    void link.closed.then(() => this.#entries.delete(entry));
  }

  /** The sessions as `/v1/sessions` lists them. */
  list(): ListedSession[] {
    return [...this.#entries].map(({ port, link, carriage }) => {
      const { holder, since, cutSince, ...counts } = link.status;
      const cut = cutSince === undefined ? {} : { cutSince: cutSince.toISOString() };
      return { port, client: holder, since: since.toISOString(), ...cut, ...counts, ...carriage() };
    });
  }
}
