import type { SercliError } from '@sercli/protocol';
import type { InterfaceChoice } from './discovery.ts';
import { instanceName, isName, type ServiceAdvertisement } from './service-records.ts';
import type { ServiceStation, ServiceStationListener } from './service-station.ts';
import { StationSet, type StationSource } from './station-set.ts';

/**
 * When is asked whether somebody has a name, in milliseconds, and when it counts as free (RFC 6762 section 8.1). Faster
 * would be too fast: avahi does not answer with what it has sent within the last 500 ms.
 */
const probesMs = [0, 250, 500];
const publishMs = 750;

/** Where services are told. */
export type ServiceSurroundings = StationSource<ServiceStation, ServiceStationListener>;

/** A service, with the name that it has: another one than was wanted if that was somebody else's. */
interface Named {
  readonly wanted: ServiceAdvertisement;
  number: number;
  isProbed: boolean;
}

/** The services that are told on the same interfaces. A name that somebody else has becomes `NAME (2)`. */
export class ServiceGroup {
  readonly #stations: StationSet<ServiceStation>;
  #services: readonly Named[] = [];
  #timers: NodeJS.Timeout[] = [];

  constructor(surroundings: ServiceSurroundings, interfaces: InterfaceChoice, failed: (error: SercliError) => void) {
    this.#stations = new StationSet(
      {
        addresses: () => surroundings.addresses(),
        open: (local, { accepts, failed: stationFailed, broke }) =>
          surroundings.open(local, {
            accepts,
            broke,
            failed: stationFailed,
            taken: (instance) => this.#taken(instance),
          }),
      },
      interfaces,
      {
        // A network that was joined later is asked as well.
        opened: () => this.#probeAll(),
        closed: () => undefined,
        heard: () => undefined,
        left: () => undefined,
        failed,
      },
    );
  }

  /** Tells of these services from now on, and of no others. What stays the same keeps its name. */
  set(services: readonly ServiceAdvertisement[]): void {
    const before = new Map(this.#services.map((service) => [JSON.stringify(service.wanted), service]));
    this.#services = services.map(
      (wanted) => before.get(JSON.stringify(wanted)) ?? { wanted, number: 1, isProbed: false },
    );
    this.#probe();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#stations].map((station) => station.publish([])));
    await this.#stations.close();
  }

  #probeAll(): void {
    for (const service of this.#services) service.isProbed = false;
    this.#probe();
  }

  /** Asks for the names that were not asked for yet, and tells of those that nobody else has. */
  #probe(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    const probe = (): void => {
      const services = this.#services.filter(({ isProbed }) => !isProbed).map(advertised);
      for (const station of this.#stations) station.probe(services);
    };
    const publish = (): void => {
      for (const service of this.#services) service.isProbed = true;
      for (const station of this.#stations) void station.publish(this.#services.map(advertised));
    };
    this.#timers = [...probesMs.map((ms) => setTimeout(probe, ms)), setTimeout(publish, publishMs)];
  }

  /** Once a name is told, whoever wants it as well has to find another one. */
  #taken(instance: string): void {
    const service = this.#services.find(
      (one) => !one.isProbed && isName({ name: instance }, instanceName(advertised(one))),
    );
    if (service === undefined) return;
    service.number += 1;
    this.#probe();
  }
}

function advertised({ wanted, number }: Named): ServiceAdvertisement {
  return number === 1 ? wanted : { ...wanted, name: `${wanted.name} (${number})` };
}
