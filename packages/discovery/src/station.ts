import type { Advertisement } from './discovery.ts';
import type { LocalAddress } from './local-addresses.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { StationSource } from './station-set.ts';

/** Where agents are told of and heard of on one address of this machine. */
export interface Station {
  readonly local: LocalAddress;
  /** Asks who is there; agents with the names in `known` need not answer. */
  browse(known: readonly string[]): void;
  /** Asks for the agents that have one of these names, on behalf of one that wants to have the name it is given here. */
  probe(names: readonly string[], advertisement: Advertisement): void;
  /** Tells of an agent, now and whenever somebody asks. A station has one agent at most. */
  publish(advertisement: Advertisement): void;
  /** Tells of the agent no more. Saying goodbye is for names that are no other agent's; resolves when it is sent. */
  withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void>;
  /** Says nothing, and is over when it resolves. */
  close(): Promise<void>;
}

/** What a station tells its owner. */
export interface StationListener {
  heard(agent: HeardAgent, source: string): void;
  left(departure: Departure): void;
  /** Whether what comes from this address concerns this station. */
  accepts(source: string): boolean;
  /** Something could not be sent or joined; the next try may succeed. */
  failed(error: Error): void;
  /** The station is of no use any more. */
  broke(error: Error): void;
}

/** What stations are on: the network as it is, or one in memory. */
export type Surroundings = StationSource<Station>;
