import type { RemoteLink } from '@sercli/link';
import {
  checkSessionRequest,
  formatAgentAddress,
  type PortAddress,
  type PortList,
  type SessionRequest,
} from '@sercli/protocol';
import type { ClientAccess } from './access/client-access.ts';
import { onceAdmitted } from './admission.ts';
import { Admissions } from './admissions.ts';
import { AgentConnection, type ClientDescription } from './agent-connection.ts';
import { AgentLocator } from './agent-locator.ts';
import type { OpenOptions } from './open-options.ts';
import { listPorts } from './port-directory.ts';

export interface ConnectionOptions {
  readonly client: ClientDescription;
  /** Who this client is to agents, and which agents it knows. */
  readonly access: ClientAccess;
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
}

/**
 * Connections to agents, one for each, shared by all sessions there and closed with the last of them:
 *
 *     const client = { name: 'anna@laptop', software: 'my-program/1' };
 *     const connections = new AgentConnections({ client, access: new ClientAccess() });
 *     const link = await connections.open(parsePortAddress('SerialMachine/ttyS0'));
 */
export class AgentConnections {
  readonly locator: AgentLocator;
  readonly #client: ClientDescription;
  readonly #access: ClientAccess;
  readonly #connections = new Map<string, AgentConnection>();
  readonly #admissions = new Admissions();

  constructor({ client, access, locator = new AgentLocator() }: ConnectionOptions) {
    this.#client = client;
    this.#access = access;
    this.locator = locator;
  }

  /**
   * Opens a port of an agent. A session whose connection is cut goes on with the next one.
   *
   * @throws SercliError what `dial` throws, and what the agent refuses the port with; `not-authorized` when it does not know
   *   this client, see `OpenOptions.ifUnknown`
   */
  async open(
    address: PortAddress,
    request: Omit<SessionRequest, 'port'> = {},
    options: OpenOptions = {},
  ): Promise<RemoteLink> {
    const wanted = { port: address.port, ...request };
    // Before the agent is asked to let this client in.
    checkSessionRequest(wanted);
    const key = formatAgentAddress(address);
    return this.#onceAdmitted(address, { ...options, role: request.role }, () => {
      const connection = this.#connections.get(key) ?? this.#connect(key, address);
      return connection.open(wanted, options);
    });
  }

  /**
   * The ports of the agent that has the port, as long as nothing has to be opened.
   *
   * @throws SercliError what `listPorts` throws; `not-authorized` as `open`
   */
  listPorts(address: PortAddress, options: OpenOptions & Pick<SessionRequest, 'role'>): Promise<PortList> {
    const { locator } = this;
    const { signal } = options;
    return this.#onceAdmitted(address, options, () => listPorts(address, { access: this.#access, locator, signal }));
  }

  #onceAdmitted<Result>(
    address: PortAddress,
    { role = 'control', signal, ifUnknown = 'fail', told }: OpenOptions & Pick<SessionRequest, 'role'>,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    if (ifUnknown === 'fail') return attempt();
    const waits = ifUnknown === 'wait';
    const wish = { name: this.#client.name, role, port: address.port };
    return onceAdmitted(attempt, async () => {
      await this.#admissions.ask(address, wish, {
        access: this.#access,
        locator: this.locator,
        signal,
        waits,
        // Who does not wait is told by what it fails with.
        told: (event) => waits && told?.({ ...event, kind: 'waiting-for-authorization' }),
      });
      told?.({ kind: 'authorized' });
    });
  }

  #connect(key: string, address: PortAddress): AgentConnection {
    const connection = new AgentConnection({
      address,
      client: this.#client,
      access: this.#access,
      locator: this.locator,
      unused: () => {
        if (this.#connections.get(key) === connection) this.#connections.delete(key);
      },
    });
    this.#connections.set(key, connection);
    return connection;
  }
}
