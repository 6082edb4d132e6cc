import { AgentAdvertiser } from './agent-advertiser.ts';
import { AgentBrowser } from './agent-browser.ts';
import { nameKey } from './agent-name.ts';
import type {
  Advertisement,
  AdvertiseOptions,
  Advertiser,
  BrowseOptions,
  Browser,
  Discovery,
  PlacedService,
  ServicesAdvertiser,
} from './discovery.ts';
import type { InterfaceAddress, LocalAddress } from './local-addresses.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { Station, StationListener, Surroundings } from './station.ts';

/** Discovery without a network, for tests: who uses the same object finds each other, all on one loopback interface. */
export class MemoryDiscovery implements Discovery {
  readonly #machine = new MemoryMachine();
  readonly #services = new Map<ServicesAdvertiser, readonly PlacedService[]>();

  constructor() {
    this.#machine.plug(new MemoryCable(), { interfaceName: 'lo', address: '127.0.0.1', isLoopback: true });
  }

  advertise(advertisement: Advertisement, options: AdvertiseOptions): Promise<Advertiser> {
    return AgentAdvertiser.start(this.#machine, advertisement, options);
  }

  browse(options: BrowseOptions): Browser {
    return new AgentBrowser(this.#machine, options);
  }

  /** Other services that are told of now. */
  get services(): readonly PlacedService[] {
    return [...this.#services.values()].flat();
  }

  advertiseServices(): ServicesAdvertiser {
    const advertiser: ServicesAdvertiser = {
      set: async (services) => void this.#services.set(advertiser, services),
      close: async () => void this.#services.delete(advertiser),
    };
    return advertiser;
  }
}

/** What joins stations: what one says, all hear, in the next turn of the event loop. */
export class MemoryCable {
  readonly #stations = new Set<MemoryStation>();

  add(station: MemoryStation): void {
    this.#stations.add(station);
  }

  remove(station: MemoryStation): void {
    this.#stations.delete(station);
  }

  send(hear: (station: MemoryStation) => void): void {
    setImmediate(() => {
      for (const station of this.#stations) hear(station);
    });
  }
}

/** A machine that has interfaces on cables. */
export class MemoryMachine implements Surroundings {
  readonly #sockets = new Map<string, { cable: MemoryCable; address: InterfaceAddress }>();

  /** Gives the machine an IPv4 address with a prefix of 24 bits. */
  plug(cable: MemoryCable, place: Pick<InterfaceAddress, 'interfaceName' | 'address' | 'isLoopback'>): void {
    this.#sockets.set(place.address, { cable, address: { ...place, family: 'IPv4', prefixLength: 24 } });
  }

  unplug(address: string): void {
    this.#sockets.delete(address);
  }

  addresses(): readonly InterfaceAddress[] {
    return [...this.#sockets.values()].map(({ address }) => address);
  }

  open(local: LocalAddress, listener: StationListener): Station {
    const cable = this.#sockets.get(local.address)?.cable ?? new MemoryCable();
    return new MemoryStation(cable, local, listener);
  }
}

class MemoryStation implements Station {
  readonly local: LocalAddress;
  readonly #cable: MemoryCable;
  readonly #listener: StationListener;
  #published: Advertisement | undefined;

  constructor(cable: MemoryCable, local: LocalAddress, listener: StationListener) {
    this.local = local;
    this.#cable = cable;
    this.#listener = listener;
    cable.add(this);
  }

  browse(known: readonly string[]): void {
    this.#cable.send((station) => station.#answer((name) => !known.includes(name)));
  }

  probe(names: readonly string[]): void {
    const keys = names.map(nameKey);
    this.#cable.send((station) => station.#answer((name) => keys.includes(nameKey(name))));
  }

  publish(advertisement: Advertisement): void {
    this.#published = advertisement;
    this.#answer(() => true);
  }

  async withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void> {
    const departure: Departure | undefined = this.#published;
    this.#published = undefined;
    if (departure === undefined || goodbye === 'say nothing') return;
    await new Promise<void>((resolve) => {
      this.#cable.send((station) => {
        station.#listener.left(departure);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#published = undefined;
    this.#cable.remove(this);
  }

  #answer(isAsked: (name: string) => boolean): void {
    const advertisement = this.#published;
    if (advertisement === undefined || !isAsked(advertisement.name)) return;
    const agent: HeardAgent = {
      ...advertisement,
      isOpen: advertisement.isOpen === true,
      hostName: 'memory.local',
      addresses: this.local.advertised,
    };
    this.#cable.send((station) => station.#listener.heard(agent, this.local.address));
  }
}
