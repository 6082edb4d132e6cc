import { type AuthorizedClients, mayUse, type Peer } from '@sercli/link';
import {
  mayDo,
  type OperationName,
  operationTable,
  type Rank,
  reasonOf,
  SercliError,
  type SessionRole,
  shellWord,
} from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import { isPrivateAddress } from './private-networks.ts';

/** What a client may do. */
export interface Rights {
  readonly rank: Rank;
  /** Names of the ports that it may use, with `*` and `?`. */
  readonly ports: readonly string[];
  /** What the one who authorised it calls it. */
  readonly name?: string | undefined;
}

export interface AccessOptions {
  readonly clients: AuthorizedClients;
  /** The full fingerprint of the agent's own key: who has that key is the user who runs the agent. */
  readonly ownFingerprint: string;
  /** Whoever is on a private network may control every port. */
  readonly isOpen: boolean;
  /** What the agent is called. */
  host(): string;
  readonly logger: Logger;
}

/** A session that a client asks for, or has. */
export interface WantedSession {
  readonly port: string;
  readonly role: SessionRole;
}

const everyPort = ['*'];

/** Who may do what. Answers hold for the moment: the file of authorised clients may be another one the next time. */
export class Access {
  readonly #options: AccessOptions;
  readonly #listeners = new Set<() => void>();
  #problem: string | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  rightsOf(peer: Peer): Rights {
    if (peer.isLocal) return { rank: 'owner', ports: everyPort };
    const { isOpen, ownFingerprint } = this.#options;
    const authorized = this.#find(peer.fingerprint);
    const isNeighbour = isOpen && peer.ipAddress !== undefined && isPrivateAddress(peer.ipAddress);
    if (isNeighbour || peer.fingerprint === ownFingerprint) {
      return { rank: 'control', ports: everyPort, name: authorized?.name };
    }
    if (authorized !== undefined) return { rank: authorized.role, ports: authorized.ports, name: authorized.name };
    return { rank: peer.fingerprint === undefined ? 'anybody' : 'stranger', ports: [] };
  }

  /** Why a client may not do something; undefined if it may. */
  refusal(peer: Peer, operation: OperationName): SercliError | undefined {
    const { rank } = this.rightsOf(peer);
    if (mayDo(rank, operation)) return undefined;
    const { does, rank: needed } = operationTable[operation];
    if (needed === 'owner') return new SercliError('owner-only', { what: `to ${does}` });
    const host = this.#options.host();
    const { fingerprint } = peer;
    if (fingerprint === undefined) return new SercliError('certificate-missing', { host });
    if (rank === 'monitor') return new SercliError('role-refused', { host, fingerprint });
    return new SercliError('not-authorized', { host, reason: 'nobody has let it in', fingerprint });
  }

  /** Why a client may not have a session; undefined if it may. */
  sessionRefusal(peer: Peer, { port, role }: WantedSession): SercliError | undefined {
    const refusal = this.refusal(peer, role === 'control' ? 'control-port' : 'monitor-port');
    if (refusal !== undefined || this.sees(peer, port)) return refusal;
    const { fingerprint = '' } = peer;
    const ports = shellWord([...this.rightsOf(peer).ports, port].join(','));
    return new SercliError('port-refused', { host: this.#options.host(), port, fingerprint, ports });
  }

  /** Whether a port is among those that a client may use; it is told of no others. */
  sees(peer: Peer, port: string): boolean {
    return mayUse(this.rightsOf(peer), port);
  }

  /** Calls `changed` whenever somebody may have got or lost rights, until what is returned is called. */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  /** The authorised clients are others than before. A file that cannot be used is told now, not when somebody comes. */
  changed(): void {
    this.#find('');
    for (const listener of [...this.#listeners]) listener();
  }

  /** With a file that somebody else can have written, nobody is authorised. */
  #find(fingerprint: string | undefined) {
    if (fingerprint === undefined) return undefined;
    try {
      const found = this.#options.clients.find(fingerprint);
      this.#problem = undefined;
      return found;
    } catch (error) {
      const problem = reasonOf(error);
      if (problem !== this.#problem) this.#options.logger.error({}, `no client is let in: ${problem}`);
      this.#problem = problem;
      return undefined;
    }
  }
}
