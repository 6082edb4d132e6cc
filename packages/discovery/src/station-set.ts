import { reasonOf, SercliError } from '@sercli/protocol';
import type { InterfaceChoice } from './discovery.ts';
import {
  chosenAddresses,
  type InterfaceAddress,
  type LocalAddress,
  mayCome,
  type UnusablePart,
  unusableParts,
} from './local-addresses.ts';
import type { Departure, HeardAgent } from './service-records.ts';
import type { Station, StationListener } from './station.ts';

/** How often the addresses of this machine are looked at; Node has no event for it. It costs 0.05 % of a processor. */
const lookMs = 1_000;
/** What is remembered as told; it only has to outlast what fails again each second. */
const maxTold = 256;

/** What stations of a kind are on. */
export interface StationSource<Kind, Listener = StationListener> {
  /** The addresses of this machine as they are now. */
  addresses(): readonly InterfaceAddress[];
  open(local: LocalAddress, listener: Listener): Kind;
}

export interface StationSetListener<Kind = Station> {
  opened(station: Kind): void;
  closed(station: Kind): void;
  heard(agent: HeardAgent, station: Kind, source: string): void;
  left(departure: Departure): void;
  /** Called once for each reason. */
  failed(error: SercliError): void;
}

/** A station on every chosen address of this machine, as they come and go. */
export class StationSet<Kind extends { close(): Promise<void> } = Station> {
  readonly #surroundings: StationSource<Kind>;
  readonly #choice: InterfaceChoice;
  readonly #listener: StationSetListener<Kind>;
  readonly #stations = new Map<string, Kind>();
  readonly #told = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #addresses: readonly InterfaceAddress[] = [];
  /** The addresses for which there are stations, as text; undefined when a station is missing. */
  #seen: string | undefined;

  constructor(surroundings: StationSource<Kind>, choice: InterfaceChoice, listener: StationSetListener<Kind>) {
    this.#surroundings = surroundings;
    this.#choice = choice;
    this.#listener = listener;
    this.#timer = setInterval(() => this.#look(), lookMs);
    this.#look();
  }

  [Symbol.iterator](): IterableIterator<Kind> {
    return this.#stations.values();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const stations = [...this.#stations.values()];
    this.#stations.clear();
    await Promise.all(stations.map((station) => station.close()));
  }

  #look(): void {
    this.#addresses = this.#readAddresses();
    const seen = JSON.stringify(this.#addresses);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const wanted = new Map(
      chosenAddresses(this.#choice, this.#addresses).map((local) => [JSON.stringify(local), local]),
    );
    for (const key of this.#stations.keys()) if (!wanted.has(key)) this.#close(key);
    for (const [key, local] of wanted) if (!this.#stations.has(key)) this.#open(key, local);
    for (const part of unusableParts(this.#choice, this.#addresses)) this.#tell(part);
  }

  #readAddresses(): readonly InterfaceAddress[] {
    try {
      return this.#surroundings.addresses();
    } catch (cause) {
      const remedy = 'interfaces are not followed until they can';
      this.#tell({ place: 'this machine', reason: `its addresses cannot be read: ${reasonOf(cause)}`, remedy }, cause);
      return this.#addresses;
    }
  }

  #open(key: string, local: LocalAddress): void {
    const station = this.#surroundings.open(local, {
      heard: (agent, source) => this.#listener.heard(agent, station, source),
      left: (departure) => this.#listener.left(departure),
      accepts: (source) => mayCome(source, local, this.#addresses),
      failed: (error) => this.#tellOf(local, error, 'it is tried again'),
      broke: (error) => {
        this.#tellOf(local, error, 'it is tried again; see with "ss -ulpn" what else uses UDP port 5353');
        if (this.#stations.get(key) !== station) return;
        this.#close(key);
        this.#seen = undefined;
      },
    });
    this.#stations.set(key, station);
    this.#listener.opened(station);
  }

  #close(key: string): void {
    const station = this.#stations.get(key);
    if (station === undefined) return;
    this.#stations.delete(key);
    this.#listener.closed(station);
    void station.close();
  }

  #tellOf({ interfaceName, address }: LocalAddress, error: Error, remedy: string): void {
    this.#tell({ place: `${interfaceName} (${address})`, reason: error.message, remedy }, error);
  }

  #tell(part: UnusablePart, cause?: unknown): void {
    const key = `${part.place}: ${part.reason}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.add(key);
    this.#listener.failed(new SercliError('discovery-failed', { ...part }, { cause }));
  }
}
