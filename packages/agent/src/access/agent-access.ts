import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuthorizedClients, fullFingerprintOf, type Identity, type Peer } from '@sercli/link';
import { defaultAgentLimits, type ListedAgent } from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import { Access } from './access.ts';
import { answerAdmission } from './admission-answer.ts';
import { openAuthorizedClients, watchAuthorizedClients } from './authorized-file.ts';
import { ClientRegister } from './client-register.ts';
import { WaitingClients } from './waiting-clients.ts';

export interface AgentAccessOptions {
  /** Where the authorised clients are kept. */
  readonly directory: string;
  readonly identity: Identity;
  readonly isOpen: boolean;
  readonly logger: Logger;
  agent(): ListedAgent;
}

/** Who may use an agent, who asks to, and who decides. */
export class AgentAccess {
  /** Who may do what. */
  readonly rights: Access;
  /** For the user who runs the agent. */
  readonly register: ClientRegister;
  readonly #clients: AuthorizedClients;
  readonly #waiting: WaitingClients;
  readonly #agent: () => ListedAgent;
  readonly #stopWatching: () => void;

  /** @throws SercliError `state-untrusted`, `state-unusable` for what the environment authorises */
  constructor({ directory, identity, isOpen, logger, agent }: AgentAccessOptions) {
    const host = (): string => agent().name;
    const ownFingerprint = fullFingerprintOf(identity.cert);
    const clients = openAuthorizedClients(directory, logger);
    this.#agent = agent;
    this.#clients = clients;
    this.rights = new Access({ clients, ownFingerprint, isOpen, host, logger });
    this.#waiting = new WaitingClients({ limits: defaultAgentLimits, host, logger });
    const decided = { clients, waiting: this.#waiting, access: this.rights };
    this.register = new ClientRegister({ ...decided, agent, ownFingerprint });
    this.rights.listen(() => this.#admitAuthorized());
    this.#stopWatching = watchAuthorizedClients(clients, () => this.rights.changed());
    this.rights.changed();
  }

  /** Answers a client that asks to be let in. @throws SercliError `usage`, `not-authorized` */
  admit(request: IncomingMessage, response: ServerResponse, peer: Peer): Promise<void> {
    const admissions = { access: this.rights, waiting: this.#waiting, agent: this.#agent() };
    return answerAdmission(admissions, request, response, peer);
  }

  close(): void {
    this.#stopWatching();
    this.#waiting.close();
  }

  #admitAuthorized(): void {
    this.#waiting.admit((fingerprint) => {
      try {
        return this.#clients.find(fingerprint) !== undefined;
      } catch {
        // The file is not to be trusted, which `rights` tells: nobody is let in.
        return false;
      }
    });
  }
}
