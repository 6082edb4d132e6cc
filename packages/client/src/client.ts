import type { Discovery, InterfaceChoice } from '@sercli/discovery';
import { discoveryOnDemand } from '@sercli/discovery';
import { ControlSockets } from '@sercli/link';
import { type PortAddress, parsePortAddress, SercliError } from '@sercli/protocol';
import { type AccessEvent, ClientAccess } from './access/client-access.ts';
import { AgentConnections } from './agent-connections.ts';
import { AgentLocator } from './agent-locator.ts';
import { type DiscoverOptions, discoverAgents, type FindOptions, findAgents } from './agent-search.ts';
import { clientName } from './client-name.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { AgentChange, DiscoveredAgent } from './discovered-agent.ts';
import { checkInterfaceChoice, requireInterfaces } from './interface-check.ts';
import { LastingLink } from './lasting-link.ts';
import { RemotePort } from './remote-port.ts';

/** Who a client is, and where it looks for agents. */
export interface ClientOptions {
  /** What it is called where its sessions are shown; `user@host` unless said otherwise. */
  readonly name?: string | undefined;
  /** Program and version, where its sessions are shown: `my-program/1.0`; `@sercli/client` unless said otherwise. */
  readonly software?: string | undefined;
  /**
   * The folder with this client's key and the agents that it knows, made when it is needed. `$XDG_STATE_HOME/sercli` or
   * `~/.local/state/sercli` unless said otherwise: so the program is known wherever `sercli` of the same user is.
   */
  readonly stateDirectory?: string | undefined;
  /** Where agents are looked for: `all` interfaces, `loopback` alone, or those of these names or addresses; all unless said otherwise. */
  readonly interfaces?: InterfaceChoice | undefined;
  /** How agents are looked for; by mDNS unless given. */
  readonly discovery?: (() => Discovery | Promise<Discovery>) | undefined;
  /** Told what happens while keys are judged: an agent is seen for the first time, `known_agents` has a line that cannot be read. */
  accessTold?(event: AccessEvent): void;
}

/**
 * Opens ports of agents, and finds agents. All ports of one agent that a client opens share a connection.
 *
 *     const client = new Client({ software: 'my-program/1.0' });
 *     const port = await client.connect('SerialMachine/ttyS0', { settings: { baudRate: 9600 } });
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #access: ClientAccess;
  readonly #locator: AgentLocator;
  /** By the fingerprint that is trusted, if one is named. */
  readonly #connections = new Map<string | undefined, AgentConnections>();

  /** @throws SercliError `usage` */
  constructor(options: ClientOptions = {}) {
    const { interfaces = 'all', discovery = discoveryOnDemand } = options;
    checkInterfaceChoice(interfaces);
    this.#options = options;
    this.#access = this.#newAccess(undefined);
    // Agents of this machine are meant too, unless only some interfaces are.
    const sockets = interfaces === 'all' ? new ControlSockets() : undefined;
    this.#locator = new AgentLocator({ discovery, interfaces, sockets });
  }

  /**
   * Opens a port: `host/port`, `host:tcpPort/port`, `[IPv6]:tcpPort/port` or `wss://host:tcpPort/port`, where the host is the
   * name of an agent, a name of DNS or an IP address.
   *
   * @throws SercliError `bad-address`, `bad-settings`, `usage`, `host-not-found`, `agent-ambiguous`, `agent-unreachable`, `not-an-agent`,
   *   `agent-key-changed`, `agent-key-refused`, `not-authorized`, `role-refused`, `port-refused`, `port-not-found`,
   *   `port-unavailable`, `port-busy`, `settings-fixed`, `device-busy`, `device-denied`, `device-lost`, `aborted`,
   *   `state-untrusted`, `state-unusable`
   */
  async connect(address: string | PortAddress, options: ConnectOptions = {}): Promise<RemotePort> {
    const { trust, told, ifUnknown = 'ask', ...opening } = options;
    const place = placeOf(address);
    const link = await LastingLink.open(place, this.connections(trust), {
      ...opening,
      ifUnknown,
      told,
      retries: (error, retryMs) => told?.({ kind: 'retrying', error, retryMs }),
    });
    return new RemotePort(place, link, options.role === 'monitor');
  }

  /**
   * The agents that let themselves be found, with their ports, and what changes about them, until the signal is aborted or
   * the loop is left. Nobody becomes known by it.
   *
   *     for await (const { kind, agent } of client.discover({ signal })) console.log(kind, agent.name);
   */
  discover(options: DiscoverOptions = {}): AsyncGenerator<AgentChange, void, void> {
    return discoverAgents(this.#search, options);
  }

  /** The agents that let themselves be found now, by name. @throws SercliError `aborted`, `usage` */
  async agents(options: FindOptions = {}): Promise<readonly DiscoveredAgent[]> {
    // Another discovery has interfaces of its own.
    if (this.#options.discovery === undefined) requireInterfaces(this.#options.interfaces ?? 'all');
    return findAgents(this.#search, options);
  }

  /** Connections to agents, for who works with links; see `@sercli/client/tools`. */
  connections(trust?: string): AgentConnections {
    const known = this.#connections.get(trust);
    if (known !== undefined) return known;
    const { name = clientName(), software = '@sercli/client' } = this.#options;
    const access = trust === undefined ? this.#access : this.#newAccess(trust);
    const made = new AgentConnections({ client: { name, software }, access, locator: this.#locator });
    this.#connections.set(trust, made);
    return made;
  }

  get #search(): Parameters<typeof discoverAgents>[0] {
    const { interfaces = 'all', discovery = discoveryOnDemand } = this.#options;
    return { access: this.#access, interfaces, discovery };
  }

  #newAccess(trusted: string | undefined): ClientAccess {
    const { stateDirectory, accessTold } = this.#options;
    return new ClientAccess({ directory: stateDirectory, trusted, told: (event) => accessTold?.(event) });
  }
}

/** Types do not help programs in JavaScript. */
function placeOf(address: string | PortAddress): PortAddress {
  if (typeof address === 'string') return parsePortAddress(address);
  const { host, tcpPort, port }: Partial<PortAddress> = address ?? {};
  if (typeof host === 'string' && typeof tcpPort === 'number' && typeof port === 'string') return address;
  throw new SercliError('bad-address', { address: JSON.stringify(address) ?? 'undefined', reason: 'it is no text' });
}
