import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  AgentLocator,
  type ClientAccess,
  ControlSockets,
  type DirectoryOptions,
  discoveryOnDemand,
  type FoundAgent,
  type LocalAgent,
  listClients,
  listPorts,
} from '@sercli/client/tools';
import { type ClientList, formatAgentAddress, type ListedPort, parseAgentAddress } from '@sercli/protocol';
import { newAccess, newLocator } from '../program-info.ts';
import type { Candidate } from './candidate.ts';

/**
 * When the names have to be there, in milliseconds since the program was started: somebody waits at a keyboard. Who is far
 * away from the agents says another time with `$SERCLI_COMPLETION_MS`.
 */
const usualDueMs = 350;

/** How long is asked at least, in milliseconds, on a machine that took long to start the program. */
const leastMs = 150;

/** After the first agent whose name fits, how long others have that fit too, in milliseconds. */
const othersMs = 150;

/**
 * What is called how just now. Whoever does not answer soon, does not want to or cannot be asked has no names; nothing is
 * recorded, and nobody is asked anything.
 */
export interface LiveNames {
  /** Agents, as they stand in addresses. Those that do not begin with what is typed are not waited for. */
  hosts(typed: string): Promise<readonly Candidate[]>;
  ports(host: string): Promise<readonly ListedPort[]>;
  localAgents(): Promise<readonly LocalAgent[]>;
  /** Who is authorised at the agents of this user on this machine, and who waits to be. */
  clients(): Promise<readonly ClientList[]>;
}

/** The names of this machine and its networks. */
export class NetworkNames implements LiveNames {
  readonly #access: ClientAccess = newAccess(() => undefined);
  readonly #sockets = new ControlSockets();
  readonly #due = new AbortController();

  constructor() {
    const dueMs = Number(process.env.SERCLI_COMPLETION_MS) || usualDueMs;
    setTimeout(() => this.#due.abort(), Math.max(leastMs, dueMs - performance.now()));
  }

  async hosts(typed: string): Promise<readonly Candidate[]> {
    const near = await Promise.all([this.#ownHosts(), this.#knownHosts()]);
    const [own, known] = near;
    const fits = (word: string): boolean => typed !== '' && word.startsWith(typed);
    const found = await this.#advertised(
      fits,
      near.flat().some(({ word }) => fits(word)),
    );
    return [...own, ...found, ...known];
  }

  /** Of an agent of this machine by its socket. Others are asked as somebody whom they may know, so not before there is a key. */
  ports(host: string): Promise<readonly ListedPort[]> {
    return this.#inTime([], async () => {
      const address = parseAgentAddress(host);
      const isNear = (await this.#sockets.find(address.host)) !== undefined;
      if (!isNear && !existsSync(this.#access.identityPath)) return [];
      const isNamed = isIP(address.host.replace(/%.*/, '')) === 0;
      // The resolver is not waited for until nobody has answered by mDNS.
      const locators = isNamed && !isNear ? [newLocator(), new AgentLocator()] : [newLocator()];
      const options: DirectoryOptions = { access: this.#access, pins: 'check', signal: this.#due.signal };
      const asked = locators.map((locator) => listPorts(address, { ...options, locator }));
      return (await Promise.any(asked)).ports;
    });
  }

  localAgents(): Promise<readonly LocalAgent[]> {
    return this.#inTime([], () => this.#sockets.list());
  }

  clients(): Promise<readonly ClientList[]> {
    return this.#inTime([], async () => Promise.all((await this.#sockets.list()).map(listClients)));
  }

  async #ownHosts(): Promise<readonly Candidate[]> {
    const agents = await this.localAgents();
    const own = agents.map(({ name }) => ({ word: name, does: 'an agent of this machine' }));
    return own.length === 1 ? [...own, { word: 'localhost', does: 'the agent of this machine' }] : own;
  }

  #knownHosts(): Promise<readonly Candidate[]> {
    return this.#inTime([], async () =>
      this.#access.knownAgents.list().map(({ host, tcpPort }) => ({
        word: formatAgentAddress({ host, tcpPort, carrier: 'stream' }),
        does: 'a known agent',
      })),
    );
  }

  /**
   * Those that advertise themselves. Nobody knows when all have answered, so where no name fits yet, that takes all the time
   * there is.
   */
  #advertised(fits: (name: string) => boolean, hasOne: boolean): Promise<readonly Candidate[]> {
    return this.#inTime([], async () => {
      const discovery = await discoveryOnDemand();
      let isFound = (): void => undefined;
      const first = new Promise<void>((resolve) => {
        isFound = resolve;
        if (hasOne) resolve();
      });
      const browser = discovery.browse({
        interfaces: 'all',
        found: ({ name }) => fits(name) && isFound(),
        lost: () => undefined,
      });
      await Promise.race([this.#over, first.then(() => new Promise((resolve) => setTimeout(resolve, othersMs)))]);
      const agents = browser.agents();
      void browser.close();
      return agents.map((agent) => ({
        word: uniqueName(agent, agents),
        does: `found at ${agent.addresses[0] ?? agent.hostName}`,
      }));
    });
  }

  get #over(): Promise<void> {
    const { signal } = this.#due;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** What fails or comes late is as good as nothing. */
  async #inTime<Names>(nothing: Names, ask: () => Promise<Names>): Promise<Names> {
    const asked = ask().catch(() => nothing);
    // One turn more: what was there in time has come by then.
    const late = this.#over.then(() => new Promise<Names>((resolve) => setImmediate(() => resolve(nothing))));
    return Promise.race([asked, late]);
  }
}

/** Of several agents with one name, each has its id behind it, as addresses want it. */
function uniqueName({ name, agentId }: FoundAgent, agents: readonly FoundAgent[]): string {
  return agents.some((other) => other.name === name && other.agentId !== agentId) ? `${name}-${agentId}` : name;
}
