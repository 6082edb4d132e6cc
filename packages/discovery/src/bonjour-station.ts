import type { Advertisement } from './discovery.ts';
import type { LocalAddress } from './local-addresses.ts';
import { MdnsSocket, type MutableQuery } from './mdns-socket.ts';
import {
  agentRecords,
  announceMs,
  type DnsMessage,
  hostNameOf,
  isName,
  knownAgents,
  lastingRecords,
  pointerTo,
  readResponse,
  serviceName,
  serviceTtl,
  serviceType,
} from './service-records.ts';
import type { Station, StationListener } from './station.ts';

/** Of the agents that a query names as known, as many as fit: RFC 6762 section 17 has 9,000 bytes for a message. */
const maxKnownBytes = 8_000;

/** Agents on one IPv4 address, by mDNS. */
export class BonjourStation implements Station {
  readonly local: LocalAddress;
  readonly #machineName: string;
  readonly #listener: StationListener;
  readonly #socket: MdnsSocket;
  #published: Advertisement | undefined;
  #announcing: NodeJS.Timeout[] = [];

  /** @param machineName what this machine is called, one DNS label */
  constructor(local: LocalAddress, machineName: string, listener: StationListener) {
    this.local = local;
    this.#machineName = machineName;
    this.#listener = listener;
    this.#socket = new MdnsSocket(local, {
      query: (query, source) => this.#strikeQuestions(query, source),
      response: (response, source) => this.#read(response, source),
      failed: (error) => listener.failed(error),
      broke: (error) => listener.broke(error),
    });
  }

  browse(known: readonly string[]): void {
    let room = maxKnownBytes;
    const answers = known
      .map((name) => pointerTo(name, serviceTtl))
      .filter((record) => {
        room -= 2 * serviceType.length + Buffer.byteLength(String(record.data));
        return room >= 0;
      });
    this.#socket.query({ questions: [{ name: serviceType, type: 'PTR' }], answers });
  }

  probe(names: readonly string[], advertisement: Advertisement): void {
    // With the records that are to be published this is a probe, which is answered at once (RFC 6762 section 8.2).
    const [, ...authorities] = agentRecords(advertisement, this.#hostNameOf(advertisement));
    this.#socket.query({ questions: names.map((name) => ({ name: serviceName(name), type: 'ANY' })), authorities });
  }

  publish(advertisement: Advertisement): void {
    this.#stopTelling();
    this.#published = advertisement;
    const records = this.#recordsOf(advertisement);
    this.#socket.register(records);
    const announce = () => void this.#socket.respond(records);
    this.#announcing = announceMs.map((ms) => setTimeout(announce, ms));
  }

  async withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void> {
    const advertisement = this.#published;
    this.#stopTelling();
    if (advertisement === undefined || goodbye === 'say nothing') return;
    await this.#socket.respond(agentRecords(advertisement, this.#hostNameOf(advertisement), true));
  }

  close(): Promise<void> {
    this.#stopTelling();
    return this.#socket.close();
  }

  #recordsOf(advertisement: Advertisement) {
    const hostName = this.#hostNameOf(advertisement);
    return [...agentRecords(advertisement, hostName), ...lastingRecords(hostName, this.local.advertised)];
  }

  #hostNameOf({ agentId }: Advertisement): string {
    return hostNameOf(this.#machineName, agentId);
  }

  #stopTelling(): void {
    for (const timer of this.#announcing) clearTimeout(timer);
    this.#announcing = [];
    if (this.#published !== undefined) this.#socket.unregister(this.#recordsOf(this.#published));
    this.#published = undefined;
  }

  /** bonjour-service answers each question of a query that comes: those that need no answer are taken out before. */
  #strikeQuestions(query: MutableQuery, source: string): void {
    if (!this.#listener.accepts(source)) query.questions = [];
    else if (this.#published !== undefined && knownAgents(query).has(this.#published.name))
      query.questions = query.questions.filter((question) => !isName(question, serviceType));
  }

  #read(response: DnsMessage, source: string): void {
    if (!this.#listener.accepts(source)) return;
    const { present, left } = readResponse(response);
    for (const departure of left) this.#listener.left(departure);
    for (const agent of present) this.#listener.heard(agent, source);
  }
}
