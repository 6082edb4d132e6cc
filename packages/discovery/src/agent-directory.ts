import { isIP } from 'node:net';
import { nameKey } from './agent-name.ts';
import type { FoundAgent } from './discovery.ts';
import { isInNetwork } from './local-addresses.ts';
import { NameDisputes, type ToldName } from './name-disputes.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { Station } from './station.ts';

/** Agents that are kept; who makes up more than these is ignored. */
const maxAgents = 4096;
/** How long an agent counts as known and need not answer again, in milliseconds; then what it tells is heard anew. */
const knownMs = 60_000;
/**
 * How long after its goodbye an agent is not heard, in milliseconds: what it said before on another interface may be
 * read after it. An agent that starts again is silent for longer, since it looks for a name first.
 */
const goodbyeMs = 250;

/** Where an agent was heard. */
interface Hearing {
  /** Undefined when it is closed. */
  readonly station: Station | undefined;
  readonly interfaceName: string;
  /** The address it answered from. */
  readonly source: string;
  readonly advertised: readonly string[];
}

interface Entry {
  readonly heard: HeardAgent;
  readonly hearings: readonly Hearing[];
  readonly heardAt: number;
  readonly agent: FoundAgent;
}

export interface DirectoryListener {
  found(agent: FoundAgent): void;
  changed(agent: FoundAgent): void;
  lost(agent: FoundAgent): void;
}

/** The agents that were heard, each name with each id once. Times are milliseconds of one clock, given by the caller. */
export class AgentDirectory {
  readonly #listener: DirectoryListener;
  readonly #entries = new Map<string, Entry>();
  readonly #disputes = new NameDisputes();
  /** When agents said goodbye. */
  readonly #goodbyes = new Map<string, number>();

  constructor(listener: DirectoryListener) {
    this.#listener = listener;
  }

  agents(): readonly FoundAgent[] {
    return [...this.#entries.values()].map(({ agent }) => agent);
  }

  /** The names of the agents heard lately. */
  known(now: number): string[] {
    return [...this.#entries.values()].flatMap(({ heard, heardAt }) => (now - heardAt < knownMs ? heard.name : []));
  }

  hear(heard: HeardAgent, station: Station, source: string, now: number): void {
    const told = toldBy(heard);
    const entry = this.#entries.get(keyOf(told));
    if (entry === undefined && (this.#entries.size >= maxAgents || this.#hasJustLeft(told, now))) return;
    const hearings = withHearing(entry?.hearings ?? [], hearingOf(heard, station, source));
    this.#put(entry, heard, hearings, now);
    if (entry !== undefined) return;
    this.#disputes.add(told);
    this.#forgetGivenUp(told);
  }

  leave({ name, agentId }: Departure, now: number): void {
    for (const [key, at] of this.#goodbyes) if (now - at >= goodbyeMs) this.#goodbyes.delete(key);
    const leaving = agentId === undefined ? this.#disputes.agentsOf(nameKey(name)) : [agentId];
    for (const id of leaving) {
      const told = { nameKey: nameKey(name), agentId: id };
      if (this.#entries.has(keyOf(told))) this.#goodbyes.set(keyOf(told), now);
      this.#remove(told);
    }
  }

  /** What was heard on this station is kept, behind what was heard elsewhere. */
  closed(station: Station): void {
    for (const entry of this.#entries.values()) {
      if (!entry.hearings.some((hearing) => hearing.station === station)) continue;
      const others = entry.hearings.filter((hearing) => hearing.station !== station);
      const gone = entry.hearings.filter((hearing) => hearing.station === station);
      const hearings = [...others, ...gone.map((hearing) => ({ ...hearing, station: undefined }))];
      this.#put(entry, entry.heard, hearings, entry.heardAt);
    }
  }

  #put(entry: Entry | undefined, heard: HeardAgent, hearings: readonly Hearing[], heardAt: number): void {
    const agent = agentOf(heard, hearings);
    this.#entries.set(keyOf(toldBy(heard)), { heard, hearings, heardAt, agent });
    if (entry === undefined) this.#listener.found(agent);
    else if (JSON.stringify(agent) !== JSON.stringify(entry.agent)) this.#listener.changed(agent);
  }

  #hasJustLeft(told: ToldName, now: number): boolean {
    const at = this.#goodbyes.get(keyOf(told));
    return at !== undefined && now - at < goodbyeMs;
  }

  #forgetGivenUp(told: ToldName): void {
    for (const givenUp of this.#disputes.givenUp(told)) this.#remove(givenUp);
  }

  #remove(told: ToldName): void {
    const entry = this.#entries.get(keyOf(told));
    if (entry === undefined) return;
    this.#entries.delete(keyOf(told));
    this.#disputes.delete(told);
    this.#listener.lost(entry.agent);
    for (const agentId of this.#disputes.agentsOf(told.nameKey)) this.#forgetGivenUp({ ...told, agentId });
  }
}

function toldBy({ name, agentId }: HeardAgent): ToldName {
  return { nameKey: nameKey(name), agentId };
}

function keyOf(told: ToldName): string {
  return `${told.agentId}/${told.nameKey}`;
}

function hearingOf(heard: HeardAgent, station: Station, source: string): Hearing {
  const { interfaceName } = station.local;
  return { station, interfaceName, source, advertised: heard.addresses.flatMap((it) => usableAddress(it, station)) };
}

/** One for each station, the first one first; those of closed stations go when there is another. */
function withHearing(hearings: readonly Hearing[], hearing: Hearing): Hearing[] {
  const open = hearings.filter(({ station }) => station !== undefined);
  const index = open.findIndex(({ station }) => station === hearing.station);
  const old = open[index];
  if (old === undefined) return [...open, hearing];
  // Who is asked for its name alone answers without its addresses.
  const advertised = hearing.advertised.length > 0 ? hearing.advertised : old.advertised;
  return open.with(index, { ...hearing, advertised, source: steadySource(old, { ...hearing, advertised }) });
}

/** An agent that answers from several addresses of one interface keeps the first, or the first of our own network. */
function steadySource(old: Hearing, { station, source, advertised }: Hearing): string {
  const isNear = (address: string) => station !== undefined && isInNetwork(address, station.local);
  return advertised.includes(old.source) && (isNear(old.source) || !isNear(source)) ? old.source : source;
}

function agentOf(heard: HeardAgent, hearings: readonly Hearing[]): FoundAgent {
  const addresses = [...hearings.map(({ source }) => source), ...hearings.flatMap(({ advertised }) => advertised)];
  return { ...heard, addresses: [...new Set(addresses)], interfaceName: hearings[0]?.interfaceName ?? '' };
}

/** An advertised address as this machine can use it; none when it can mean nothing here. */
function usableAddress(address: string, { local }: Station): string[] {
  const family = isIP(address);
  if (family === 0 || isNowhere(address)) return [];
  if (isLoopback(address)) return local.isLoopback ? [address] : [];
  if (!/^fe[89ab]/i.test(address)) return [address];
  return local.isLoopback ? [] : [`${address}%${local.interfaceName}`];
}

/** Unspecified and multicast addresses. */
function isNowhere(address: string): boolean {
  return /^(0\.|2[2-5]\d\.|::$|ff)/i.test(address);
}

function isLoopback(address: string): boolean {
  return /^(127\.|::1$|::ffff:)/i.test(address);
}
