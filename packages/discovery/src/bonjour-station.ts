import Bonjour from 'bonjour-service';
import type { Advertisement } from './discovery.ts';
import type { LocalAddress } from './local-addresses.ts';
import {
  agentRecords,
  type DnsMessage,
  type DnsRecord,
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

/** When an agent is announced, in milliseconds after it was published (RFC 6762 section 8.3). */
const announceMs = [0, 1_000, 3_000];
/** Of the agents that a query names as known, as many as fit: RFC 6762 section 17 has 9,000 bytes for a message. */
const maxKnownBytes = 8_000;

/** What is used of multicast-dns, on which bonjour-service stands. */
interface MulticastDns {
  query(message: Partial<DnsMessage>, sent: (error?: Error | null) => void): void;
  respond(message: Partial<DnsMessage>, sent: (error?: Error | null) => void): void;
  prependListener(event: 'query', listener: (query: MutableQuery, from: { address: string }) => void): void;
  on(event: 'response', listener: (response: DnsMessage, from: { address: string }) => void): void;
  on(event: 'error' | 'warning', listener: (error: NodeJS.ErrnoException) => void): void;
  destroy(closed: () => void): void;
}

interface MutableQuery extends DnsMessage {
  questions: DnsMessage['questions'];
}

/**
 * mDNS on one IPv4 address: bonjour-service's socket and its answering of questions. One socket for all addresses would
 * send on one interface only.
 *
 * What is announced and what is read is ours. bonjour-service's publish() tells the addresses of all interfaces on each,
 * takes those of the whole machine back in its goodbye, and after a conflict says goodbye in the name of the winner;
 * its find() drops what changed and cannot tell two agents of one name apart.
 */
export class BonjourStation implements Station {
  readonly local: LocalAddress;
  readonly #machineName: string;
  readonly #listener: StationListener;
  readonly #server: Bonjour['server'];
  readonly #mdns: MulticastDns;
  #published: Advertisement | undefined;
  #announcing: NodeJS.Timeout[] = [];

  /** @param machineName what this machine is called, one DNS label */
  constructor(local: LocalAddress, machineName: string, listener: StationListener) {
    this.local = local;
    this.#machineName = machineName;
    this.#listener = listener;
    // Bound to the address itself, a socket hears no multicast (ip(7)).
    const options = { port: 5353, interface: local.address, bind: '0.0.0.0' };
    const bonjour = new Bonjour(options, (error: Error) => listener.failed(error));
    // biome-ignore lint/complexity/useLiteralKeys: it is private, and there is no other way to the errors of the socket
    this.#server = bonjour['server'];
    this.#mdns = this.#server.mdns;
    this.#mdns.prependListener('query', (query, from) => this.#strikeQuestions(query, from.address));
    this.#mdns.on('response', (response, from) => this.#read(response, from.address));
    this.#mdns.on('error', (error) => listener.broke(error));
    this.#mdns.on('warning', (error) => {
      // Without a system call it is a packet that cannot be decoded, and concerns its sender.
      if (error.syscall !== undefined) listener.failed(error);
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
    this.#query({ questions: [{ name: serviceType, type: 'PTR' }], answers });
  }

  probe(names: readonly string[], advertisement: Advertisement): void {
    // With the records that are to be published this is a probe, which is answered at once (RFC 6762 section 8.2).
    const [, ...authorities] = agentRecords(advertisement, this.#hostNameOf(advertisement));
    this.#query({ questions: names.map((name) => ({ name: serviceName(name), type: 'ANY' })), authorities });
  }

  publish(advertisement: Advertisement): void {
    this.#stopTelling();
    this.#published = advertisement;
    const records = this.#recordsOf(advertisement);
    this.#server.register(records);
    const announce = () => void this.#respond(records);
    this.#announcing = announceMs.map((ms) => setTimeout(announce, ms));
  }

  async withdraw(goodbye: 'say goodbye' | 'say nothing'): Promise<void> {
    const advertisement = this.#published;
    this.#stopTelling();
    if (advertisement === undefined || goodbye === 'say nothing') return;
    await this.#respond(agentRecords(advertisement, this.#hostNameOf(advertisement), true));
  }

  close(): Promise<void> {
    this.#stopTelling();
    return new Promise((resolve) => this.#mdns.destroy(resolve));
  }

  #recordsOf(advertisement: Advertisement) {
    const hostName = this.#hostNameOf(advertisement);
    return [...agentRecords(advertisement, hostName), ...lastingRecords(hostName, this.local.advertised)];
  }

  /**
   * Machines often have one name, `raspberrypi`, and `raspberrypi.local` may be another one's: to claim it would put
   * the mDNS daemon of that one to flight, and mix the addresses of the two.
   */
  #hostNameOf({ agentId }: Advertisement): string {
    return `${this.#machineName}-${agentId}.local`;
  }

  #stopTelling(): void {
    for (const timer of this.#announcing) clearTimeout(timer);
    this.#announcing = [];
    if (this.#published !== undefined) this.#server.unregister(this.#recordsOf(this.#published));
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

  #query(message: Partial<DnsMessage>): void {
    this.#mdns.query(message, (error) => this.#sent(error));
  }

  #respond(answers: readonly DnsRecord[]): Promise<void> {
    return new Promise((resolve) => {
      this.#mdns.respond({ answers }, (error) => {
        this.#sent(error);
        resolve();
      });
    });
  }

  #sent(error: Error | null | undefined): void {
    if (error) this.#listener.failed(error);
  }
}
