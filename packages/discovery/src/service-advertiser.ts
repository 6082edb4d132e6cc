import type { InterfaceChoice, PlacedService, ServicesAdvertiser, ServicesOptions } from './discovery.ts';
import { ServiceGroup, type ServiceSurroundings } from './service-group.ts';

/** Tells of services, each on the interfaces on which it can be reached. */
export class ServiceAdvertiser implements ServicesAdvertiser {
  readonly #surroundings: ServiceSurroundings;
  readonly #options: ServicesOptions;
  /** By the interfaces, as text. */
  readonly #groups = new Map<string, ServiceGroup>();

  constructor(surroundings: ServiceSurroundings, options: ServicesOptions) {
    this.#surroundings = surroundings;
    this.#options = options;
  }

  async set(services: readonly PlacedService[]): Promise<void> {
    const wanted = new Map<string, { interfaces: InterfaceChoice; services: PlacedService['service'][] }>();
    for (const { service, interfaces } of services) {
      const key = JSON.stringify(interfaces);
      const group = wanted.get(key) ?? { interfaces, services: [] };
      group.services.push(service);
      wanted.set(key, group);
    }
    const closing = [...this.#groups].filter(([key]) => !wanted.has(key));
    for (const [key] of closing) this.#groups.delete(key);
    for (const [key, { interfaces, services: own }] of wanted) {
      const group = this.#groups.get(key) ?? this.#open(interfaces);
      this.#groups.set(key, group);
      group.set(own);
    }
    await Promise.all(closing.map(([, group]) => group.close()));
  }

  async close(): Promise<void> {
    await this.set([]);
  }

  #open(interfaces: InterfaceChoice): ServiceGroup {
    return new ServiceGroup(this.#surroundings, interfaces, (error) => this.#options.failed?.(error));
  }
}
