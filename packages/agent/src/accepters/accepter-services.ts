import type { Discovery, PlacedService, ServicesAdvertiser } from '@sercli/discovery';
import { usbIdentityOf } from '../devices/usb-identity.ts';
import type { Logger } from '../logger.ts';
import type { AccepterReading } from './accepter-set.ts';
import { serviceText } from './service-text.ts';

export interface AccepterServicesOptions {
  readonly discovery: (() => Promise<Discovery>) | undefined;
  readonly agentId: string;
  /** Program and version. */
  readonly software: string;
  readonly logger: Logger;
  /** The accepters that serve now. */
  readings(): readonly AccepterReading[];
  /** What stands behind a port now: `/dev/ttyUSB0`. */
  deviceOf(port: string): string | undefined;
  /** What the agent is called. */
  agentName(): string;
}

/** A label of a DNS name (RFC 1035 section 2.3.4). */
const mostNameBytes = 63;
/** Of these, what may be added to tell services apart: ` (99)`, `, 99`. */
const numberBytes = 9;

/** Lets other software find the accepters that are to be found, where they listen, as what their ports are now. */
export class AccepterServices {
  readonly #options: AccepterServicesOptions;
  #advertiser: ServicesAdvertiser | undefined;
  #told = '[]';
  /** Looks come one after the other. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: AccepterServicesOptions) {
    this.#options = options;
  }

  /** Accepters or devices may be others than before. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look());
    return this.#looking;
  }

  async close(): Promise<void> {
    await this.#looking;
    await this.#advertiser?.close();
  }

  async #look(): Promise<void> {
    const { discovery, agentId, logger, readings } = this.#options;
    const services = withNamesOfTheirOwn(
      (await Promise.all(readings().map((reading) => this.#servicesOf(reading)))).flat(),
    );
    const told = JSON.stringify(services);
    if (discovery === undefined || told === this.#told) return;
    this.#told = told;
    const failed = (error: Error): void => logger.warn({}, error.message);
    this.#advertiser ??= (await discovery()).advertiseServices({ agentId, failed });
    await this.#advertiser.set(services);
    for (const { service } of services) {
      const { name, type, tcpPort } = service;
      logger.info({ name, type, tcpPort }, `advertised as ${name}.${type}, TCP port ${tcpPort}`);
    }
  }

  async #servicesOf({ placed, places }: AccepterReading): Promise<PlacedService[]> {
    const { advertise, protocol } = placed.config;
    const [port = ''] = placed.ports;
    if (advertise === undefined) return [];
    const device = this.#options.deviceOf(port);
    const usb = device === undefined ? undefined : await usbIdentityOf(device);
    const { software } = this.#options;
    const text = { ...serviceText(advertise.service, { protocol, usb, software }), ...advertise.text };
    const name = serviceLabel(advertise.name ?? `${port} on ${this.#options.agentName()}`);
    const type = `_${advertise.service}._tcp`;
    // One service for each TCP port: an instance has one, and is told wherever the accepter listens on it.
    const tcpPorts = [...new Set(places.map(({ tcpPort }) => tcpPort))];
    return tcpPorts.map((tcpPort) => ({
      service: { name, type, tcpPort, text },
      interfaces: places.filter((place) => place.tcpPort === tcpPort).map(({ host }) => host),
    }));
  }
}

/** A port may have several accepters that are to be found as the same. */
function withNamesOfTheirOwn(services: readonly PlacedService[]): PlacedService[] {
  const counts = new Map<string, number>();
  return services.map(({ service, interfaces }) => {
    const key = `${service.name.toLowerCase()}.${service.type}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return { service: count === 1 ? service : { ...service, name: `${service.name}, ${count}` }, interfaces };
  });
}

/** The encoder of DNS names takes dots for the ends of labels. */
function serviceLabel(name: string): string {
  let label = name.replaceAll('.', '-');
  while (Buffer.byteLength(label) > mostNameBytes - numberBytes) label = label.slice(0, -1);
  return label;
}
