import type { LocalAddress } from './local-addresses.ts';
import { MdnsSocket, type MutableQuery } from './mdns-socket.ts';
import {
  announceMs,
  type DnsMessage,
  instanceName,
  instanceRecords,
  isName,
  lastingInstanceRecords,
  type ServiceAdvertisement,
} from './service-records.ts';

export interface ServiceStationListener {
  /** Whether what comes from this address concerns this station. */
  accepts(source: string): boolean;
  /** Somebody else has a service of this name: `NAME.TYPE.local`. */
  taken(instance: string): void;
  failed(error: Error): void;
  broke(error: Error): void;
}

/** Services of this machine on one IPv4 address, by mDNS. */
export class ServiceStation {
  readonly #local: LocalAddress;
  readonly #hostName: string;
  readonly #listener: ServiceStationListener;
  readonly #socket: MdnsSocket;
  #published: readonly ServiceAdvertisement[] = [];
  #announcing: NodeJS.Timeout[] = [];

  /** @param hostName what the machine is called in mDNS: `raspberrypi-0123abcd.local` */
  constructor(local: LocalAddress, hostName: string, listener: ServiceStationListener) {
    this.#local = local;
    this.#hostName = hostName;
    this.#listener = listener;
    this.#socket = new MdnsSocket(local, {
      query: (query, source) => this.#strike(query, source),
      response: (response, source) => this.#read(response, source),
      failed: (error) => listener.failed(error),
      broke: (error) => listener.broke(error),
    });
  }

  /** Asks whether somebody has these names, on behalf of services that want to have them (RFC 6762 section 8.1). */
  probe(services: readonly ServiceAdvertisement[]): void {
    if (services.length === 0) return;
    const questions = services.map((service) => ({ name: instanceName(service), type: 'ANY' }));
    const authorities = services.flatMap((service) => instanceRecords(service, this.#hostName).slice(1));
    this.#socket.query({ questions, authorities });
  }

  /** Tells of these services from now on, and says goodbye of those that are not among them. */
  async publish(services: readonly ServiceAdvertisement[]): Promise<void> {
    const gone = this.#published.filter((one) => !services.some((other) => instanceName(other) === instanceName(one)));
    this.#stop();
    this.#published = services;
    const records = services.flatMap((service) => this.#recordsOf(service));
    this.#socket.register(records);
    if (gone.length > 0) await this.#socket.respond(gone.flatMap((one) => instanceRecords(one, this.#hostName, true)));
    if (records.length === 0) return;
    this.#announcing = announceMs.map((ms) => setTimeout(() => void this.#socket.respond(records), ms));
  }

  close(): Promise<void> {
    this.#stop();
    return this.#socket.close();
  }

  #stop(): void {
    for (const timer of this.#announcing) clearTimeout(timer);
    this.#announcing = [];
    this.#socket.unregister(this.#published.flatMap((service) => this.#recordsOf(service)));
  }

  #recordsOf(service: ServiceAdvertisement) {
    const lasting = lastingInstanceRecords(service, this.#hostName, this.#local.advertised);
    return [...instanceRecords(service, this.#hostName), ...lasting];
  }

  #strike(query: MutableQuery, source: string): void {
    if (!this.#listener.accepts(source)) query.questions = [];
  }

  #read({ answers, additionals }: DnsMessage, source: string): void {
    if (!this.#listener.accepts(source)) return;
    for (const { name, type, ttl, data } of [...answers, ...additionals]) {
      if (type !== 'SRV' || ttl === 0) continue;
      const { target } = Object(data) as { target?: unknown };
      if (typeof target === 'string' && !isName({ name: target }, this.#hostName)) this.#listener.taken(name);
    }
  }
}
