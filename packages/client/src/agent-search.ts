import type { Discovery, InterfaceChoice } from '@sercli/discovery';
import { SercliError } from '@sercli/protocol';
import type { ClientAccess } from './access/client-access.ts';
import { AgentChanges } from './agent-changes.ts';
import { AgentDirectory, type DirectoryEntry } from './agent-directory.ts';
import { type AgentChange, type DiscoveredAgent, discoveredAgent } from './discovered-agent.ts';
import { pause } from './pause.ts';

/** How long agents have to answer, in milliseconds: on a network without losses they do within some 50. */
const searchMs = 1_000;

/** And how long those that were found by then have to tell their ports: many of them take turns. */
const settleMs = 1_500;

/** Where agents are searched, and as whom. */
export interface Search {
  readonly access: ClientAccess;
  readonly interfaces: InterfaceChoice;
  readonly discovery: () => Discovery | Promise<Discovery>;
}

export interface DiscoverOptions {
  /** Ends the search, and with it the loop. */
  readonly signal?: AbortSignal | undefined;
}

export interface FindOptions extends DiscoverOptions {
  /** How long agents have to answer, in milliseconds; 1,000 unless said otherwise. */
  readonly searchMs?: number | undefined;
}

/** As `Client.discover`. */
export async function* discoverAgents(
  { access, interfaces, discovery }: Search,
  { signal = new AbortController().signal }: DiscoverOptions,
): AsyncGenerator<AgentChange, void, void> {
  const changes = new AgentChanges();
  const known = new Set<string>();
  const tell = (kind: AgentChange['kind'], entry: DirectoryEntry): void =>
    changes.add({ kind, agent: discoveredAgent(entry, namesakesOf(entry, directory).length === 0) });
  // Whether a name is one agent's alone decides how the ports of all that have it are addressed.
  const tellNamesakes = (entry: DirectoryEntry): void => {
    for (const other of namesakesOf(entry, directory)) tell('changed', other);
  };
  const directory = new AgentDirectory({
    access,
    interfaces,
    discovery: await discovery(),
    listed: (entry) => {
      const isKnown = known.has(entry.agent.agentId);
      known.add(entry.agent.agentId);
      tell(isKnown ? 'changed' : 'found', entry);
      if (!isKnown) tellNamesakes(entry);
    },
    gone: (entry) => {
      known.delete(entry.agent.agentId);
      tell('gone', entry);
      tellNamesakes(entry);
    },
  });
  try {
    for (let change = await changes.next(signal); change !== undefined; change = await changes.next(signal))
      yield change;
  } finally {
    await directory.close();
  }
}

/** As `Client.agents`. */
export async function findAgents(
  { access, interfaces, discovery }: Search,
  { signal = new AbortController().signal, searchMs: ms = searchMs }: FindOptions,
): Promise<readonly DiscoveredAgent[]> {
  const directory = new AgentDirectory({
    access,
    interfaces,
    discovery: await discovery(),
    listed: () => undefined,
    gone: () => undefined,
  });
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await pause(ms, either);
  await Promise.race([directory.settled(), pause(settleMs, either)]);
  over.abort();
  const entries = directory.entries();
  const found = entries.map((entry) => discoveredAgent(entry, namesakesOf(entry, directory).length === 0));
  await directory.close();
  if (signal.aborted) throw new SercliError('aborted', { what: 'searching agents' });
  return found;
}

/** The other agents of that name. */
function namesakesOf({ agent }: DirectoryEntry, directory: AgentDirectory): readonly DirectoryEntry[] {
  return directory
    .entries()
    .filter((other) => other.agent.name === agent.name && other.agent.agentId !== agent.agentId);
}
