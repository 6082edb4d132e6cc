import type { RemoteLink } from '@sercli/link';
import { formatAgentAddress, type PortAddress, type SessionRequest } from '@sercli/protocol';
import { AgentConnection, type ClientIdentity, type OpenOptions } from './agent-connection.ts';
import { AgentLocator } from './agent-locator.ts';

export interface ConnectionOptions {
  readonly identity: ClientIdentity;
  /** Finds agents by name; the resolver alone unless given. */
  readonly locator?: AgentLocator | undefined;
}

/** Connections to agents, one for each, shared by all sessions there and closed with the last of them. */
export class AgentConnections {
  readonly locator: AgentLocator;
  readonly #identity: ClientIdentity;
  readonly #connections = new Map<string, AgentConnection>();

  constructor({ identity, locator = new AgentLocator() }: ConnectionOptions) {
    this.#identity = identity;
    this.locator = locator;
  }

  /**
   * Opens a port of an agent. A session whose connection is cut goes on with the next one.
   *
   * @throws SercliError what `dial` throws, and what the agent refuses the port with
   */
  async open(
    address: PortAddress,
    request: Omit<SessionRequest, 'port'> = {},
    options: OpenOptions = {},
  ): Promise<RemoteLink> {
    const key = formatAgentAddress(address);
    const connection = this.#connections.get(key) ?? this.#connect(key, address);
    return connection.open({ port: address.port, ...request }, options);
  }

  #connect(key: string, address: PortAddress): AgentConnection {
    const connection = new AgentConnection({
      address,
      identity: this.#identity,
      locator: this.locator,
      unused: () => {
        if (this.#connections.get(key) === connection) this.#connections.delete(key);
      },
    });
    this.#connections.set(key, connection);
    return connection;
  }
}
