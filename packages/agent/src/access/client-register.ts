import { type AuthorizedClient, type AuthorizedClients, shownFingerprint } from '@sercli/link';
import {
  type Authorization,
  type ClientList,
  type ListedAgent,
  type ListedClient,
  SercliError,
  type WaitingClient,
} from '@sercli/protocol';
import type { Access } from './access.ts';
import { recordedName } from './client-name.ts';
import type { WaitingClients } from './waiting-clients.ts';

/** What the user who runs an agent is told of its clients, and decides about them. */
export class ClientRegister {
  readonly #clients: AuthorizedClients;
  readonly #waiting: WaitingClients;
  readonly #access: Access;
  readonly #agent: () => ListedAgent;
  readonly #ownFingerprint: string;

  constructor(parts: {
    clients: AuthorizedClients;
    waiting: WaitingClients;
    access: Access;
    agent: () => ListedAgent;
    /** The full one of the agent's key. */
    ownFingerprint: string;
  }) {
    this.#clients = parts.clients;
    this.#waiting = parts.waiting;
    this.#access = parts.access;
    this.#agent = parts.agent;
    this.#ownFingerprint = parts.ownFingerprint;
  }

  /** @throws SercliError `state-untrusted`, `state-unusable` */
  list(): ClientList {
    return {
      version: 1,
      agent: this.#agent(),
      agentFingerprint: this.#ownFingerprint,
      file: this.#clients.path,
      clients: this.#clients.list().map((client) => this.#listed(client)),
      broken: [...this.#clients.broken],
      waiting: this.#waiting.list(),
    };
  }

  /**
   * Authorises a client, or changes what it may do.
   *
   * @param fingerprint the full one
   * @throws SercliError `usage`, `state-untrusted`, `state-unusable`
   */
  async authorize(fingerprint: string, { role, ports, name }: Authorization): Promise<ClientList> {
    const before = this.#clients.find(fingerprint);
    const asked = this.#waiting.list().find((client) => client.fingerprint === fingerprint);
    const called = name ?? before?.name ?? recordedName(asked?.name ?? '');
    const since = before?.since ?? new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const entry = { ...before, fingerprint, role, ports, since, ...(called === undefined ? {} : { name: called }) };
    await this.#clients.put(entry);
    this.#access.changed();
    return this.list();
  }

  /**
   * Removes a client: its sessions end.
   *
   * @throws SercliError `client-not-found`, `usage`, `state-untrusted`, `state-unusable`
   */
  async remove(fingerprint: string): Promise<ClientList> {
    const wasThere = await this.#clients.remove(fingerprint);
    this.#access.changed();
    if (!wasThere) throw this.#notFound(fingerprint, 'authorised');
    return this.list();
  }

  /** @throws SercliError `client-not-found` */
  turnAway(fingerprint: string): ClientList {
    if (!this.#waiting.turnAway(fingerprint)) throw this.#notFound(fingerprint, 'waiting');
    return this.list();
  }

  /** Calls `changed` with those who wait to be let in, now and whenever they are others, until what is returned is called. */
  watchWaiting(changed: (waiting: readonly WaitingClient[]) => void): () => void {
    return this.#waiting.watch(changed);
  }

  #notFound(fingerprint: string, state: string): SercliError {
    const client = shownFingerprint(fingerprint);
    return new SercliError('client-not-found', { client, state, host: this.#agent().name });
  }

  #listed({ fingerprint, role, ports, name, since, note }: AuthorizedClient): ListedClient {
    return {
      fingerprint,
      role,
      ports: [...ports],
      ...(name === undefined ? {} : { name }),
      ...(since === undefined ? {} : { since: since.toISOString() }),
      ...(note === undefined ? {} : { note }),
      ...(this.#clients.isProvisioned(fingerprint) ? { isProvisioned: true } : {}),
    };
  }
}
