import type { SercliError } from '@sercli/protocol';
import type { ServiceAdvertisement } from './service-records.ts';

/** What is told of an agent: small and stable, so that ports that come and go do not make the agent flicker. */
export interface Advertisement {
  /** What the agent is to be called. What cannot stand in an address becomes `-`; a name that another has, `name-2`. */
  readonly name: string;
  readonly tcpPort: number;
  /** Eight hexadecimal digits, always the same for one agent: by them it knows itself again after a crash. */
  readonly agentId: string;
  /** The version of the wire protocol. */
  readonly wire: number;
  /** Program and version. */
  readonly software: string;
  /** Of the agent's key. */
  readonly fingerprint?: string;
  /** Whether the agent serves everybody. */
  readonly isOpen?: boolean;
}

/** An agent as its advertisement tells it. Everything but the addresses' order is what the network claims. */
export interface FoundAgent {
  readonly name: string;
  readonly agentId: string;
  readonly wire: number;
  readonly software: string;
  readonly fingerprint?: string;
  readonly isOpen: boolean;
  readonly tcpPort: number;
  /** The agent's machine in mDNS; with the agent's id, since machines of one name are common: `SerialMachine-0123abcd.local`. */
  readonly hostName: string;
  /** Where to try, best first: the addresses it answered from, then those it advertises; IPv6 link-local ones have their zone. */
  readonly addresses: readonly string[];
  /** The interface of this machine it was heard on. */
  readonly interfaceName: string;
}

/**
 * On which interfaces: `all`, loopback included; `loopback` alone; or those that have one of these names or addresses
 * (where an agent listens: `0.0.0.0` and `::` are all of them). Interfaces that come later are used when they come.
 */
export type InterfaceChoice = 'all' | 'loopback' | readonly string[];

/** Called once for each thing that keeps discovery from working somewhere; it goes on everywhere else. */
type Failed = (error: SercliError) => void;

/** Where an agent is advertised, and who is told what comes of it. */
export interface AdvertiseOptions {
  readonly interfaces: InterfaceChoice;
  /** The name it has now, when that is not the one it had or was given. */
  readonly renamed?: (name: string) => void;
  readonly failed?: Failed;
}

/** Where agents are looked for, and who is told of them. */
export interface BrowseOptions {
  readonly interfaces: InterfaceChoice;
  readonly found: (agent: FoundAgent) => void;
  /** The agent of this name and id tells something else, or answers from elsewhere. */
  readonly changed?: (agent: FoundAgent) => void;
  /** The agent said goodbye. One that was killed does not: ask over TCP whether it is alive. */
  readonly lost: (agent: FoundAgent) => void;
  readonly failed?: Failed;
}

/** An agent that is advertised. */
export interface Advertiser {
  /** What the agent is called now. */
  readonly name: string;
  /** Says goodbye on every interface; when it resolves that is sent and the sockets are closed. */
  close(): Promise<void>;
}

/** Looks for agents until it is closed. */
export interface Browser {
  /** Those found and not lost, in the order in which they were found. */
  agents(): readonly FoundAgent[];
  /** Asks again now, as at the start. */
  refresh(): void;
  close(): Promise<void>;
}

/** A service, and the interfaces on which it is told of. */
export interface PlacedService {
  readonly service: ServiceAdvertisement;
  readonly interfaces: InterfaceChoice;
}

/** Whose services are advertised. */
export interface ServicesOptions {
  /** Of the agent whose services they are: part of the machine's name in mDNS. */
  readonly agentId: string;
  readonly failed?: Failed;
}

/** Services that other software looks for. */
export interface ServicesAdvertiser {
  /** Tells of these from now on, and of no others; resolves when goodbye is said of those. */
  set(services: readonly PlacedService[]): Promise<void>;
  close(): Promise<void>;
}

/** Lets agents be found, and finds them: by mDNS, or in memory. */
export interface Discovery {
  /** Resolves when the agent has a name that no other one was heard to have, about 300 ms later. */
  advertise(advertisement: Advertisement, options: AdvertiseOptions): Promise<Advertiser>;
  browse(options: BrowseOptions): Browser;
  /** For software that looks for other services than `_sercli._tcp`; tells of none yet. */
  advertiseServices(options: ServicesOptions): ServicesAdvertiser;
}
