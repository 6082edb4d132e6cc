import type { Advertiser, Discovery } from '@sercli/discovery';
import {
  fullFingerprintOf,
  type Identity,
  loadIdentity,
  shortHostName,
  shortIdOf,
  shownFingerprint,
  stateDirectory,
} from '@sercli/link';
import type { ListedAgent, PortList, Reloaded, SessionList } from '@sercli/protocol';
import { type PlacedAccepter, placedAccepters } from './accepters/accepter-config.ts';
import { AccepterServices } from './accepters/accepter-services.ts';
import { AccepterSet } from './accepters/accepter-set.ts';
import { AgentAccess } from './access/agent-access.ts';
import type { ClientRegister } from './access/client-register.ts';
import { advertise } from './advertisement.ts';
import { type PortConfig, portConfigOf } from './config/config.ts';
import type { PortSpec } from './devices/port-spec.ts';
import { type Logger, silentLogger } from './logger.ts';
import { PortRegistry } from './ports/port-registry.ts';
import type { PortPolicy } from './ports/served-port.ts';
import type { HttpApi, PortFilter } from './server/http-api.ts';
import type { ListenPlace } from './server/listen-place.ts';
import { everywhere, Listeners } from './server/listeners.ts';
import { formatMetrics } from './server/metrics.ts';

/** Which ports an agent serves. */
export interface AgentPorts {
  /** Ports to serve. Without any, every free port of the machine. */
  readonly ports?: readonly (PortSpec | PortConfig)[] | undefined;
  /** With `ports`: also serve every free port of the machine. */
  readonly all?: boolean | undefined;
  /** TCP ports for programs that do not speak the native protocol, besides those that stand with `ports`. */
  readonly accepters?: readonly PlacedAccepter[] | undefined;
  /** For every port that does not say otherwise. */
  readonly policy?: Partial<PortPolicy> | undefined;
  /** Line sequences that clients find at every port, by name, besides those of the port itself. */
  readonly sequences?: Readonly<Record<string, string>> | undefined;
  /** What the logs of all ports together may keep, in bytes; 128 MiB unless said otherwise. */
  readonly logMemory?: number | undefined;
}

/** What an agent serves, where, and for whom. */
export interface AgentOptions extends AgentPorts {
  /** What the agent is called; the machine's host name without its domain unless said otherwise. */
  readonly name?: string | undefined;
  /** Where to listen; on all interfaces, TCP port 7372, unless said otherwise. */
  readonly listen?: readonly ListenPlace[] | undefined;
  /** Names of this machine that requests may be sent to, besides its own and the agent's: those of DNS. */
  readonly hostNames?: readonly string[] | undefined;
  /** Whoever is on a private network may control every port, without being authorised. */
  readonly open?: boolean | undefined;
  /** Where the agent lets itself be found; nowhere unless given. */
  readonly discovery?: (() => Promise<Discovery>) | undefined;
  /** Where the agent makes its control socket, see `controlDirectory`; nowhere unless given. */
  readonly controlDirectory?: string | undefined;
  /** Reads the configuration file again, and says which that is; for agents that have one. */
  readonly reload?: (() => Promise<string>) | undefined;
  /** Where the identity and the authorised clients are kept; see `stateDirectory`. */
  readonly stateDirectory?: string | undefined;
  /** Program and version, told to clients. */
  readonly software?: string | undefined;
  readonly logger?: Logger | undefined;
}

/** A running agent. */
export class Agent implements HttpApi {
  readonly #options: AgentOptions;
  readonly #identity: Identity;
  readonly #logger: Logger;
  readonly #registry: PortRegistry;
  readonly #access: AgentAccess;
  readonly #listeners: Listeners;
  readonly #accepters: AccepterSet;
  readonly #services: AccepterServices;
  #name: string;
  /** Takes a moment, for the name has to be asked for; serving does not wait. */
  #advertising: Promise<Advertiser | undefined> = Promise.resolve(undefined);

  private constructor(options: AgentOptions, identity: Identity, directory: string) {
    this.#options = options;
    this.#identity = identity;
    this.#name = options.name ?? shortHostName();
    this.#logger = options.logger ?? silentLogger;
    const logger = this.#logger;
    const isOpen = options.open === true;
    this.#access = new AgentAccess({ directory, identity, isOpen, logger, agent: () => this.#listed });
    const accepters = (port: string) => this.#accepters.listed(port);
    this.#registry = new PortRegistry({ host: this.#name, logger, accepters });
    const { hostNames = [] } = options;
    const served = { api: this, access: this.#access, registry: this.#registry };
    this.#listeners = new Listeners({ ...served, logger, software: this.#software, name: () => this.#name, hostNames });
    this.#accepters = new AccepterSet({
      port: (name) => this.#registry.get(name),
      sessions: this.#listeners.sessions,
      refusals: this.#listeners.refusals,
      logger,
      changed: () => this.#registry.mayHaveChanged(),
    });
    this.#services = new AccepterServices({
      discovery: options.discovery,
      agentId: shortIdOf(identity.cert),
      software: this.#software,
      logger,
      readings: () => this.#accepters.readings,
      deviceOf: (port) => this.#registry.served.find(({ name }) => name === port)?.device,
      agentName: () => this.#name,
    });
    this.#registry.watch(() => void this.#services.look());
  }

  /**
   * Starts an agent: when this resolves, it listens.
   *
   * @throws SercliError `listen-failed`, `agent-running`, `state-unusable`, `state-untrusted`, `usage`
   */
  static async start(options: AgentOptions = {}): Promise<Agent> {
    const directory = options.stateDirectory ?? stateDirectory();
    const agent = new Agent(options, await loadIdentity(directory), directory);
    try {
      await agent.#listen();
      await agent.serve(options);
      agent.#advertising = agent.#advertise();
    } catch (error) {
      await agent.close();
      throw error;
    }
    return agent;
  }

  /** What the agent is called; another name than it was given if that belonged to another agent. */
  get name(): string {
    return this.#name;
  }

  /** What clients know it by, as people compare it. */
  get fingerprint(): string {
    return shownFingerprint(fullFingerprintOf(this.#identity.cert));
  }

  /** Where the agent listens: `127.0.0.1:7372`. */
  get addresses(): readonly string[] {
    return this.#listeners.addresses;
  }

  get tcpPort(): number {
    return this.#listeners.tcpPort;
  }

  /** What `GET /v1/ports` answers. */
  async portList(sees: PortFilter = everything): Promise<PortList> {
    return this.#portListOf(await this.#registry.list(), sees);
  }

  /** What `GET /v1/sessions` answers. */
  sessionList(sees: PortFilter = everything): SessionList {
    const sessions = this.#listeners.sessions.list().filter(({ port }) => sees(port));
    return { version: 1, agent: this.#listed, sessions };
  }

  /** What `GET /metrics` answers. */
  metrics(sees: PortFilter = everything): Promise<string> {
    const ports = this.#registry.served.filter(({ name }) => sees(name));
    const { connectionCount: connections, slowedHandshakes } = this.#listeners;
    const accepters = this.#accepters.readings.filter(({ placed }) => placed.ports.some(sees));
    const { sessions } = this.sessionList(sees);
    return formatMetrics({ connections, slowedHandshakes, ports, accepters, sessions });
  }

  /**
   * Serves these ports from now on. Ports whose description stays the same keep their sessions, and so do accepters.
   *
   * @throws SercliError `usage`, `listen-failed`, `listen-busy`; then nothing has changed
   */
  async serve({ ports = [], all = false, policy = {}, ...others }: AgentPorts): Promise<void> {
    const configs = ports.map((port) => ('spec' in port ? port : portConfigOf(port)));
    const { logMemory, sequences, accepters = [] } = others;
    const isFinding = ports.length === 0 || all;
    const prepared = await this.#accepters.prepare(placedAccepters(configs, accepters, isFinding));
    try {
      await this.#registry.select({ ports: configs, isFinding, policy, logMemory, sequences });
    } catch (error) {
      prepared.cancel();
      throw error;
    }
    prepared.commit();
    void this.#services.look();
    await this.#tellPorts();
  }

  /**
   * What `POST /v1/reload` on the control socket does.
   *
   * @throws SercliError what the configuration file is wrong in; then nothing has changed
   */
  async reload(): Promise<Reloaded> {
    const file = await this.#options.reload?.();
    return { version: 1, agent: this.#listed, ...(file === undefined ? {} : { file }) };
  }

  /** Calls `changed` with the port list whenever it is another one, until what is returned is called. */
  watchPorts(changed: (list: PortList) => void, sees: PortFilter = everything): () => void {
    return this.#registry.watch(() => changed(this.#portListOf(this.#registry.ports, sees)));
  }

  /** Who is authorised and who waits to be, for the user who runs the agent. */
  get clients(): ClientRegister {
    return this.#access.register;
  }

  /** Ends sessions and connections, closes the devices. */
  async close(): Promise<void> {
    this.#access.close();
    await (await this.#advertising)?.close();
    await this.#services.close();
    this.#accepters.close();
    await this.#registry.close();
    await this.#listeners.close();
  }

  get #listed(): ListedAgent {
    return { name: this.name, software: this.#software, open: this.#options.open === true };
  }

  get #software(): string {
    return this.#options.software ?? 'sercli';
  }

  #portListOf(ports: PortList['ports'], sees: PortFilter): PortList {
    return { version: 1, agent: this.#listed, ports: ports.filter(({ name }) => sees(name)) };
  }

  async #listen(): Promise<void> {
    const { controlDirectory, listen, open } = this.#options;
    // First, so that clients of this machine which wait for the agent do not come by TCP.
    if (controlDirectory !== undefined) await this.#listeners.openControl(controlDirectory);
    const places = listen === undefined || listen.length === 0 ? [everywhere] : listen;
    for (const place of places) await this.#listeners.listen(place, this.#identity);
    this.#logger.info({}, `the fingerprint of this agent is ${this.fingerprint}`);
    if (open !== true) return;
    const text = 'open: whoever reaches this machine from a private network may use its ports, without being asked';
    this.#logger.warn({}, text);
  }

  #advertise(): Promise<Advertiser | undefined> {
    const renamed = (name: string): void => {
      this.#logger.warn({ name }, `another agent is called ${this.#name}; this one is called ${name} now`);
      this.#name = name;
    };
    const { hosts: interfaces, tcpPort } = this.#listeners;
    const { discovery, open: isOpen = false } = this.#options;
    const { cert } = this.#identity;
    const told = { name: this.#name, tcpPort, cert, software: this.#software, isOpen };
    return advertise({ discovery, ...told, interfaces, logger: this.#logger, renamed });
  }

  async #tellPorts(): Promise<void> {
    const { ports } = await this.portList();
    for (const { name, device, state, reason } of ports) {
      const isServed = reason === undefined;
      const text = isServed
        ? `${name} is served: ${device}`
        : `${name} is ${state === 'lost' ? 'lost' : 'not served'}: ${reason}`;
      this.#logger.info({ port: name, device }, text);
    }
    const remedy = 'plug one in, or name one with --port';
    if (ports.length === 0) this.#logger.warn({}, `no serial port was found; ${remedy}`);
  }
}

function everything(): boolean {
  return true;
}
