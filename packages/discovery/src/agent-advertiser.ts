import { nameKey, numberedName, toAgentName } from './agent-name.ts';
import type { Advertisement, AdvertiseOptions, Advertiser } from './discovery.ts';
import type { HeardAgent } from './service-records.ts';
import type { Station, Surroundings } from './station.ts';
import { StationSet } from './station-set.ts';

/** How long an answer is waited for before a name counts as free, in milliseconds. */
const probeMs = 300;
/** Packets get lost: when it is asked once more. */
const secondProbeMs = 100;
/** Names that are asked for together, so that the fourth agent of a name does not wait four times. */
const probedNames = 8;
/** Names of others that are remembered. */
const maxHolders = 4096;

/** How far the agent has got on one station. */
type Presence =
  | { readonly kind: 'probing'; readonly timers: readonly NodeJS.Timeout[] }
  /** Others are told of it under its present name. */
  | { readonly kind: 'told' };

/**
 * Keeps one name for an agent on all stations. It asks for the name first and leaves it to another agent that answers.
 * Two that took a name at the same moment, or on networks that were joined later, hear each other: the higher id gives
 * way. The one that gives way says no goodbye where the other is, since goodbyes go by the name.
 */
export class AgentAdvertiser implements Advertiser {
  readonly #advertisement: Advertisement;
  readonly #options: AdvertiseOptions;
  readonly #wantedName: string;
  readonly #stations: StationSet;
  readonly #presences = new Map<Station, Presence>();
  /** By the key of a name, the id of the other agent that has it. */
  readonly #holders = new Map<string, string>();
  readonly #settled: Promise<void>;
  #settle: () => void = () => undefined;
  #number = 1;
  #knownName: string;
  #closing: Promise<void> | undefined;

  /** Resolves when the agent is told of on every station there is. */
  static async start(
    surroundings: Surroundings,
    advertisement: Advertisement,
    options: AdvertiseOptions,
  ): Promise<AgentAdvertiser> {
    const advertiser = new AgentAdvertiser(surroundings, advertisement, options);
    advertiser.#settleIfTold();
    await advertiser.#settled;
    return advertiser;
  }

  private constructor(surroundings: Surroundings, advertisement: Advertisement, options: AdvertiseOptions) {
    this.#advertisement = { ...advertisement, agentId: advertisement.agentId.toLowerCase() };
    this.#options = options;
    this.#wantedName = toAgentName(advertisement.name);
    this.#knownName = advertisement.name;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#stations = new StationSet(surroundings, options.interfaces, {
      opened: (station) => this.#join(station),
      closed: (station) => this.#leave(station),
      heard: (agent, station) => this.#hear(agent, station),
      left: ({ name }) => void this.#holders.delete(nameKey(name)),
      failed: (error) => options.failed?.(error),
    });
  }

  get name(): string {
    return numberedName(this.#wantedName, this.#number);
  }

  get #named(): Advertisement {
    return { ...this.#advertisement, name: this.name };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const presence of this.#presences.values()) stopProbing(presence);
    this.#presences.clear();
    await Promise.all([...this.#stations].map((station) => station.withdraw('say goodbye')));
    await this.#stations.close();
  }

  #join(station: Station): void {
    const names = Array.from({ length: probedNames }, (_, index) =>
      numberedName(this.#wantedName, this.#number + index),
    );
    const probe = () => station.probe(names, this.#named);
    const timers = [
      setTimeout(probe, 0),
      setTimeout(probe, secondProbeMs),
      setTimeout(() => this.#tell(station), probeMs),
    ];
    this.#presences.set(station, { kind: 'probing', timers });
  }

  #tell(station: Station): void {
    this.#presences.set(station, { kind: 'told' });
    station.publish(this.#named);
    this.#settleIfTold();
  }

  #leave(station: Station): void {
    const presence = this.#presences.get(station);
    if (presence !== undefined) stopProbing(presence);
    this.#presences.delete(station);
    this.#settleIfTold();
  }

  /** The name stands once it is told on every station there is; without any network it stands until there is one. */
  #settleIfTold(): void {
    if ([...this.#presences.values()].some(({ kind }) => kind === 'probing')) return;
    if (this.#knownName !== this.name) {
      this.#knownName = this.name;
      this.#options.renamed?.(this.name);
    }
    this.#settle();
  }

  #hear({ name, agentId }: HeardAgent, station: Station): void {
    const presence = this.#presences.get(station);
    // What this agent itself tells: on another station, or before it crashed.
    if (presence === undefined || agentId === this.#advertisement.agentId) return;
    if (this.#holders.size >= maxHolders) this.#holders.clear();
    this.#holders.set(nameKey(name), agentId);
    if (nameKey(name) !== nameKey(this.name)) return;
    if (presence.kind === 'probing' || this.#advertisement.agentId > agentId) this.#giveWay(station);
  }

  #giveWay(where: Station): void {
    for (const [station, presence] of this.#presences) {
      stopProbing(presence);
      void station.withdraw(station === where ? 'say nothing' : 'say goodbye');
    }
    while (this.#holders.has(nameKey(this.name))) this.#number += 1;
    for (const station of this.#presences.keys()) this.#join(station);
  }
}

function stopProbing(presence: Presence): void {
  if (presence.kind === 'probing') for (const timer of presence.timers) clearTimeout(timer);
}
