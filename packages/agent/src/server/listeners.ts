import { hostname } from 'node:os';
import {
  type Carrier,
  HeldSessions,
  type HttpRefusal,
  type Identity,
  listenNative,
  type NativeListener,
  type Peer,
} from '@sercli/link';
import { defaultTcpPort, tellError } from '@sercli/protocol';
import type { AgentAccess } from '../access/agent-access.ts';
import { type ControlSocket, openControlSocket } from '../control/control-socket.ts';
import type { Logger } from '../logger.ts';
import type { PortRegistry } from '../ports/port-registry.ts';
import { ClientConnection } from './client-connection.ts';
import { answerHttp, type HttpApi } from './http-api.ts';
import { statusOf } from './json-answers.ts';
import type { ListenPlace } from './listen-place.ts';
import { isOwnName } from './own-names.ts';
import { RefusalLog } from './refusal-log.ts';
import { SessionBook } from './session-book.ts';
import { ToldAddresses } from './told-addresses.ts';

/** All interfaces, of IPv6 and of IPv4. */
export const everywhere: ListenPlace = { host: '::', tcpPort: defaultTcpPort };

export interface ListenersOptions {
  readonly api: HttpApi;
  readonly access: AgentAccess;
  readonly registry: PortRegistry;
  readonly logger: Logger;
  /** Program and version, told to clients. */
  readonly software: string;
  /** What the agent is called. */
  name(): string;
  /** Names of the configuration that requests may be sent to. */
  readonly hostNames: readonly string[];
}

/** Where an agent can be reached, and who is connected. */
export class Listeners {
  readonly sessions = new SessionBook();
  readonly refusals: RefusalLog;
  readonly #options: ListenersOptions;
  readonly #connections = new Set<ClientConnection>();
  readonly #held = new HeldSessions();
  readonly #listeners: NativeListener[] = [];
  readonly #slowed = new ToldAddresses();
  #slowedHandshakes = 0;
  #control: ControlSocket | undefined;

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.refusals = new RefusalLog(options.logger);
    options.access.rights.listen(() => this.#review());
  }

  /** `127.0.0.1:7372`, for each TCP port. */
  get addresses(): readonly string[] {
    return this.#listeners.map((listener) => listener.address);
  }

  /** The IP addresses alone. */
  get hosts(): readonly string[] {
    return this.#listeners.map(({ host }) => host);
  }

  get tcpPort(): number {
    return this.#listeners[0]?.tcpPort ?? defaultTcpPort;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** TLS handshakes that had to wait. */
  get slowedHandshakes(): number {
    return this.#slowedHandshakes;
  }

  /** @throws SercliError `agent-running`, `state-unusable`, `listen-failed` */
  async openControl(directory: string): Promise<void> {
    const { logger } = this.#options;
    this.#control = await openControlSocket({ directory, name: this.#options.name(), ...this.#handlers });
    logger.debug({ path: this.#control.path }, `clients of this machine come by ${this.#control.path}`);
  }

  /** @throws SercliError `listen-failed`, `listen-busy` */
  async listen({ host, tcpPort }: ListenPlace, identity: Identity): Promise<void> {
    const { logger } = this.#options;
    const listener = await listenNative({
      address: host,
      tcpPort,
      identity,
      hasName: (name) => this.#hasName(name),
      refusal: (peer) => this.#refusal(peer),
      onCrowded: (address) => this.refusals.tell(address, 'there are too many connections'),
      onSlowed: (address) => this.#tellSlowed(address),
      ...this.#handlers,
    });
    this.#listeners.push(listener);
    logger.info({ address: listener.address }, `listening on ${listener.address}`);
  }

  /** Ends connections and sessions; nobody comes any more. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    this.#held.close();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#control?.close();
  }

  get #handlers() {
    const { api, access } = this.#options;
    return {
      onCarrier: (carrier: Carrier, peer: Peer) => this.#connect(carrier, peer),
      onRequest: (...[request, response, peer]: RequestParts) => answerHttp({ api, access }, request, response, peer),
    };
  }

  #refusal(peer: Peer): HttpRefusal | undefined {
    const error = this.#options.access.rights.refusal(peer, 'connect');
    return error && { status: statusOf(error), error: tellError(error) };
  }

  #hasName(name: string): boolean {
    const { hostNames: configured } = this.#options;
    return isOwnName(name, { agent: this.#options.name(), machine: hostname(), configured });
  }

  #tellSlowed(address: string): void {
    this.#slowedHandshakes += 1;
    if (!this.#slowed.add(address)) return;
    this.#options.logger.warn({ address }, `slowed ${address}: there are too many TLS handshakes`);
  }

  #connect(carrier: Carrier, peer: Peer): void {
    const { access, registry, logger, software } = this.#options;
    const connection = new ClientConnection(carrier, {
      peer,
      access: access.rights,
      name: this.#options.name(),
      software,
      registry,
      held: this.#held,
      sessions: this.sessions,
      logger,
      ended: (ended) => this.#connections.delete(ended),
    });
    this.#connections.add(connection);
  }

  /** Somebody may have lost rights: sessions first, so that each is told what became of it. */
  #review(): void {
    const { rights: access } = this.#options.access;
    this.sessions.review((peer, session) => access.sessionRefusal(peer, session));
    for (const connection of [...this.#connections]) connection.review();
  }
}

type RequestParts = Parameters<Parameters<typeof listenNative>[0]['onRequest']>;
