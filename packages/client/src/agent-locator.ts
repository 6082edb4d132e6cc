import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Browser, Discovery, FoundAgent, InterfaceChoice } from '@sercli/discovery';
import { type AgentPlace, type ControlSockets, shownFingerprint } from '@sercli/link';
import { type AgentAddress, defaultTcpPort, SercliError } from '@sercli/protocol';
import { closest, distance } from 'fastest-levenshtein';
import { hasForeignKey } from './foreign-key.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * How long agents have to answer a search by name, in milliseconds: on a small or busy machine an answer can take more than a
 * second, and only who asks for a name that nobody has waits so long.
 */
export const searchMs = 3_000;
/** How long a name that the resolver knows is still searched for among the agents: an agent of that name goes first. */
const preferAgentsMs = 300;
/** After the first agent of a name, how long a second one has to show that the name is not unique. */
const ambiguityMs = 100;

export interface LocatorOptions {
  /** Where agents are searched, made when a name is first searched for; without it, only the resolver is asked. */
  readonly discovery?: (() => Discovery | Promise<Discovery>) | undefined;
  readonly interfaces?: InterfaceChoice | undefined;
  /** Agents of this machine that are reached without the network; none unless given. */
  readonly sockets?: ControlSockets | undefined;
  /** Whether the system's resolver knows a host; for tests. */
  readonly isKnown?: ((host: string) => Promise<boolean>) | undefined;
}

export interface LocateOptions {
  readonly signal?: AbortSignal | undefined;
  /** The full fingerprint of the agent that is meant, if it is known; only asked where several agents have the name. */
  readonly pinOf?: (() => string | undefined) | undefined;
}

/** Finds agents by name: on this machine, among those that advertise themselves, and with the system's resolver. */
export class AgentLocator {
  readonly #options: LocatorOptions;

  constructor(options: LocatorOptions = {}) {
    this.#options = options;
  }

  /**
   * The places to try for an agent, the likeliest first. An IP address, and a host whose TCP port is said, are taken as
   * they are. The socket of an agent of this machine that has the name, or is meant by `localhost`, goes before all else.
   *
   * @throws SercliError `host-not-found`, `agent-ambiguous`, `aborted`
   */
  async locate(address: AgentAddress, options: LocateOptions = {}): Promise<readonly AgentPlace[]> {
    const { host, tcpPort } = address;
    const { discovery, sockets } = this.#options;
    const local = isLocal(address) ? await sockets?.find(host) : undefined;
    if (local !== undefined) return [{ ...address, socketPath: local.path }];
    if (discovery === undefined || !isSearched(host, tcpPort)) return [address];
    const search = new AgentSearch(await discovery(), this.#options.interfaces ?? 'all', host);
    const isKnown = (this.#options.isKnown ?? isResolved)(host);
    try {
      const found = await search.find(isKnown, options);
      if (found !== undefined) return addressesOf(found, address);
      if (await isKnown) return [address];
      throw new SercliError('host-not-found', { host, reason: whyNotFound(host, search.names) });
    } finally {
      await search.close();
    }
  }

  /** Resolves when an agent of that name is advertised, or the signal is aborted; never where agents are not searched. */
  async advertised({ host, tcpPort }: AgentAddress, signal: AbortSignal): Promise<void> {
    const { discovery, interfaces = 'all' } = this.#options;
    const over = new AbortController();
    const aborted = whenAborted(signal, over.signal);
    if (discovery === undefined || !isSearched(host, tcpPort)) return aborted;
    const search = new AgentSearch(await discovery(), interfaces, host);
    await Promise.race([search.seen(), aborted]);
    over.abort();
    await search.close();
  }
}

/** Whether a host may be an agent on this machine. WebSocket is for proxies and browsers: it stays on the network. */
function isLocal({ host, tcpPort, carrier }: AgentAddress): boolean {
  return isNamed(host, tcpPort) && carrier === 'stream';
}

/** Whether a host may be the name of an agent elsewhere. */
function isSearched(host: string, tcpPort: number): boolean {
  return isNamed(host, tcpPort) && host !== 'localhost';
}

/** Whether a host is no address, and its TCP port is not said. */
function isNamed(host: string, tcpPort: number): boolean {
  return isIP(host.replace(/%.*$/, '')) === 0 && tcpPort === defaultTcpPort;
}

/** The addresses of an advertised agent: the one that answered first. */
export function addressesOf(found: FoundAgent, { carrier }: Pick<AgentAddress, 'carrier'>): readonly AgentAddress[] {
  return found.addresses.map((host) => ({ host, tcpPort: found.tcpPort, carrier }));
}

/** A search for the agent of one name. */
class AgentSearch {
  readonly #browser: Browser;
  /** As the user writes it, and as names are compared. */
  readonly #wanted: string;
  readonly #host: string;
  #seen: () => void = () => undefined;

  constructor(discovery: Discovery, interfaces: InterfaceChoice, host: string) {
    this.#wanted = host;
    this.#host = host.toLowerCase().replace(/\.local\.?$/, '');
    this.#browser = discovery.browse({
      interfaces,
      found: () => this.#seen(),
      changed: () => this.#seen(),
      lost: () => undefined,
      // What cannot be searched is found by the resolver, or not at all; then that is the error.
      failed: () => undefined,
    });
  }

  /** The names of all agents that answered. */
  get names(): readonly string[] {
    return this.#browser.agents().map((agent) => agent.name);
  }

  /**
   * @param isKnown whether the resolver knows the host; then the search is short
   * @throws SercliError `agent-ambiguous`, `aborted`
   */
  async find(isKnown: Promise<boolean>, { signal, pinOf }: LocateOptions): Promise<FoundAgent | undefined> {
    const shortly = isKnown.then((known) => (known ? pause(preferAgentsMs) : pause(searchMs)));
    const over = new AbortController();
    await Promise.race([
      this.seen(),
      shortly,
      pause(searchMs),
      untilAborted(signal, `searching ${this.#wanted}`, over.signal),
    ]).finally(() => over.abort());
    if (this.#matches().length > 0) await pause(ambiguityMs);
    const matches = this.#matches();
    if (matches.length <= 1) return matches[0];
    // What is advertised is only a hint: the one that is taken still has to prove that it has the key.
    const shown = shownFingerprint(pinOf?.() ?? '');
    const known = matches.filter(({ fingerprint }) => shown !== '' && fingerprint === shown);
    if (known.length === 1) return known[0];
    const choices = matches.map(({ name, agentId }) => `${name}-${agentId}`).join(', ');
    throw new SercliError('agent-ambiguous', { host: this.#wanted, choices });
  }

  /** Resolves when an agent of the name has answered. */
  seen(): Promise<void> {
    return new Promise((resolve) => {
      this.#seen = () => this.#matches().length > 0 && resolve();
      this.#seen();
    });
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  #matches(): readonly FoundAgent[] {
    const agents = this.#browser.agents();
    const byName = agents.filter(({ name }) => name.toLowerCase() === this.#host);
    return byName.length > 0
      ? byName
      : agents.filter(({ name, agentId }) => `${name}-${agentId}`.toLowerCase() === this.#host);
  }
}

function isResolved(host: string): Promise<boolean> {
  return lookup(host).then(
    () => true,
    () => false,
  );
}

function whyNotFound(host: string, names: readonly string[]): string {
  if (names.length === 0) return 'no agent of that name answered, and the resolver does not know it';
  const nearest = closest(host, [...names]);
  const isNear = distance(host.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, host.length / 3);
  return isNear ? `did you mean ${nearest}?` : `agents that answered: ${[...names].sort().join(', ')}`;
}

/** Does not keep the process alive: the search that it bounds does. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** Listens until `over`: the signal can be one that a program uses for years. */
function whenAborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}

/**
 * Tries the places of one agent one after the other. It goes on where nobody answers, and where somebody does who is not
 * the agent; if it was none of them, that is what it fails with.
 */
export async function tryEach<Result>(
  places: readonly AgentPlace[],
  attempt: (place: AgentPlace) => Promise<Result>,
): Promise<Result> {
  let failure: unknown = new SercliError('internal', { what: 'there was no address to try' });
  let stranger: SercliError | undefined;
  for (const place of places) {
    try {
      return await attempt(place);
    } catch (error) {
      failure = error;
      if (!(error instanceof SercliError)) throw error;
      if (hasForeignKey(error)) stranger ??= error;
      else if (error.code !== 'agent-unreachable') throw error;
    }
  }
  throw stranger ?? failure;
}
