import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import type { Advertiser, Discovery } from '@sercli/discovery';
import {
  type Carrier,
  fingerprintOf,
  HeldSessions,
  type Identity,
  listenNative,
  loadIdentity,
  type NativeListener,
  shortHostName,
  shortIdOf,
} from '@sercli/link';
import {
  defaultTcpPort,
  type ListedAgent,
  newestWire,
  type PortList,
  type Reloaded,
  type SessionList,
  toSercliError,
} from '@sercli/protocol';
import { type PortConfig, portConfigOf } from './config/config.ts';
import { answerControl } from './control/control-api.ts';
import { type ControlSocket, openControlSocket } from './control/control-socket.ts';
import type { PortSpec } from './devices/port-spec.ts';
import { type Logger, silentLogger } from './logger.ts';
import { PortRegistry } from './ports/port-registry.ts';
import type { PortPolicy } from './ports/served-port.ts';
import { isPrivateAddress } from './server/admission.ts';
import { ClientConnection } from './server/client-connection.ts';
import { answerHttp } from './server/http-api.ts';
import { formatMetrics } from './server/metrics.ts';
import { isOwnName } from './server/own-names.ts';
import { RefusalLog } from './server/refusal-log.ts';
import { SessionBook } from './server/session-book.ts';

/** Which ports an agent serves. */
export interface AgentPorts {
  /** Ports to serve. Without any, every free port of the machine. */
  readonly ports?: readonly (PortSpec | PortConfig)[] | undefined;
  /** With `ports`: also serve every free port of the machine. */
  readonly all?: boolean | undefined;
  /** For every port that does not say otherwise. */
  readonly policy?: Partial<PortPolicy> | undefined;
  /** What the logs of all ports together may keep, in bytes; 128 MiB unless said otherwise. */
  readonly logMemory?: number | undefined;
}

export interface AgentOptions extends AgentPorts {
  /** What the agent is called; the machine's host name without its domain unless said otherwise. */
  readonly name?: string | undefined;
  /** Where to listen; 127.0.0.1:7372 unless said otherwise. */
  readonly listen?: readonly { readonly host: string; readonly tcpPort: number }[] | undefined;
  /** Names of this machine that requests may be sent to, besides its own and the agent's: those of DNS. */
  readonly hostNames?: readonly string[] | undefined;
  /** Listen on all interfaces and serve whoever is on a private network. */
  readonly open?: boolean | undefined;
  /** Where the agent lets itself be found; nowhere unless given. */
  readonly discovery?: Discovery | undefined;
  /** Where the agent makes its control socket, see `controlDirectory`; nowhere unless given. */
  readonly controlDirectory?: string | undefined;
  /** Reads the configuration file again, and says which that is; for agents that have one. */
  readonly reload?: (() => Promise<string>) | undefined;
  /** Where the identity is kept; see `defaultStateDirectory`. */
  readonly stateDirectory?: string | undefined;
  /** Program and version, told to clients. */
  readonly software?: string | undefined;
  readonly logger?: Logger | undefined;
}

/** `$XDG_STATE_HOME/sercli`, else `~/.local/state/sercli` (XDG Base Directory Specification). */
export function defaultStateDirectory(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'sercli');
}

/** A running agent. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #logger: Logger;
  readonly #refusals: RefusalLog;
  readonly #registry: PortRegistry;
  readonly #connections = new Set<ClientConnection>();
  readonly #held = new HeldSessions();
  readonly #sessions = new SessionBook();
  readonly #listeners: NativeListener[] = [];
  #control: ControlSocket | undefined;
  #name: string;
  /** Takes a moment, for the name has to be asked for; serving does not wait. */
  #advertising: Promise<Advertiser | undefined> = Promise.resolve(undefined);

  private constructor(options: AgentOptions) {
    this.#name = options.name ?? shortHostName();
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#refusals = new RefusalLog(this.#logger);
    this.#registry = new PortRegistry({ host: this.#name, logger: this.#logger });
  }

  /**
   * Starts an agent: when this resolves, it listens.
   *
   * @throws SercliError `listen-failed`, `agent-running`, `state-unusable`, `usage`
   */
  static async start(options: AgentOptions = {}): Promise<Agent> {
    const agent = new Agent(options);
    try {
      const identity = await loadIdentity(options.stateDirectory ?? defaultStateDirectory());
      // First, so that clients of this machine which wait for the agent do not come by TCP.
      await agent.#openControl();
      await agent.#listen(identity);
      await agent.serve(options);
      agent.#advertising = agent.#advertise(identity);
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

  /** Where the agent listens: `127.0.0.1:7372`. */
  get addresses(): readonly string[] {
    return this.#listeners.map((listener) => listener.address);
  }

  get tcpPort(): number {
    return this.#listeners[0]?.tcpPort ?? defaultTcpPort;
  }

  /** What `GET /v1/ports` answers. */
  async portList(): Promise<PortList> {
    return { version: 1, agent: this.#listed, ports: await this.#registry.list() };
  }

  /** What `GET /v1/sessions` answers. */
  sessionList(): SessionList {
    return { version: 1, agent: this.#listed, sessions: this.#sessions.list() };
  }

  /** What `GET /metrics` answers. */
  metrics(): Promise<string> {
    const { served: ports } = this.#registry;
    return formatMetrics({ connections: this.#connections.size, ports, sessions: this.#sessions.list() });
  }

  /**
   * Serves these ports from now on. Ports whose description stays the same keep their sessions.
   *
   * @throws SercliError `usage`; then nothing has changed
   */
  async serve({ ports = [], all = false, policy = {}, logMemory }: AgentPorts): Promise<void> {
    const configs = ports.map((port) => ('spec' in port ? port : portConfigOf(port)));
    await this.#registry.select({ ports: configs, isFinding: ports.length === 0 || all, policy, logMemory });
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
  watchPorts(changed: (list: PortList) => void): () => void {
    const tell = (): void => changed({ version: 1, agent: this.#listed, ports: this.#registry.ports });
    return this.#registry.watch(tell);
  }

  /** Ends sessions and connections, closes the devices. */
  async close(): Promise<void> {
    await (await this.#advertising)?.close();
    await this.#registry.close();
    for (const connection of this.#connections) connection.close();
    this.#held.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#control?.close();
  }

  get #listed(): ListedAgent {
    return { name: this.name, software: this.#software, open: this.#options.open === true };
  }

  get #software(): string {
    return this.#options.software ?? 'sercli';
  }

  async #openControl(): Promise<void> {
    const { controlDirectory: directory } = this.#options;
    if (directory === undefined) return;
    this.#control = await openControlSocket({
      directory,
      name: this.#name,
      onCarrier: (carrier) => this.#connect(carrier),
      onRequest: (request, response) => answerControl(this, request, response),
    });
    this.#logger.debug({ path: this.#control.path }, `clients of this machine come by ${this.#control.path}`);
  }

  async #listen(identity: Identity): Promise<void> {
    for (const { host, tcpPort } of this.#places()) {
      const listener = await listenNative({
        address: host,
        tcpPort,
        identity,
        admits: (address) => this.#admits(address),
        hasName: (name) => this.#hasName(name),
        onCrowded: (address) => this.#refusals.tell(address, 'there are too many connections'),
        onCarrier: (carrier) => this.#connect(carrier),
        onRequest: (request, response) => answerHttp(this, request, response),
      });
      this.#listeners.push(listener);
      this.#logger.info({ address: listener.address }, `listening on ${listener.address}`);
    }
    if (this.#options.open !== true) return;
    const text =
      'open: whoever reaches this machine from a private network may use its ports, without being asked who they are';
    this.#logger.warn({}, text);
  }

  /** Lets the agent be found, on the interfaces that it listens on. */
  async #advertise({ cert }: Identity): Promise<Advertiser | undefined> {
    const renamed = (name: string): void => {
      this.#logger.warn({ name }, `another agent is called ${this.#name}; this one is called ${name} now`);
      this.#name = name;
    };
    const failed = (error: Error): void => this.#logger.warn({}, error.message);
    const advertisement = {
      name: this.#name,
      tcpPort: this.tcpPort,
      agentId: shortIdOf(cert),
      wire: newestWire,
      software: this.#software,
      fingerprint: fingerprintOf(cert),
      isOpen: this.#options.open === true,
    };
    const interfaces = this.#listeners.map(({ host }) => host);
    try {
      const advertiser = await this.#options.discovery?.advertise(advertisement, { interfaces, renamed, failed });
      if (advertiser !== undefined) this.#logger.info({}, `advertised as ${advertiser.name}`);
      return advertiser;
    } catch (error) {
      failed(toSercliError(error));
      return undefined;
    }
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

  #places(): readonly { host: string; tcpPort: number }[] {
    const { listen, open } = this.#options;
    if (listen !== undefined && listen.length > 0) return listen;
    return [{ host: open === true ? '::' : '127.0.0.1', tcpPort: defaultTcpPort }];
  }

  #admits(address: string): boolean {
    const isAdmitted = isPrivateAddress(address);
    if (!isAdmitted) this.#refusals.tell(address, 'it is in no private network');
    return isAdmitted;
  }

  #hasName(name: string): boolean {
    return isOwnName(name, { agent: this.#name, machine: hostname(), configured: this.#options.hostNames ?? [] });
  }

  #connect(carrier: Carrier): void {
    const connection = new ClientConnection(carrier, {
      name: this.name,
      software: this.#software,
      registry: this.#registry,
      held: this.#held,
      sessions: this.#sessions,
      logger: this.#logger,
      ended: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
  }
}
