import Bonjour from 'bonjour-service';
import type { LocalAddress } from './local-addresses.ts';
import type { DnsMessage, DnsRecord } from './service-records.ts';

/** What is used of multicast-dns, on which bonjour-service stands. */
interface MulticastDns {
  query(message: Partial<DnsMessage>, sent: (error?: Error | null) => void): void;
  respond(message: Partial<DnsMessage>, sent: (error?: Error | null) => void): void;
  prependListener(event: 'query', listener: (query: MutableQuery, from: { address: string }) => void): void;
  on(event: 'response', listener: (response: DnsMessage, from: { address: string }) => void): void;
  on(event: 'error' | 'warning', listener: (error: NodeJS.ErrnoException) => void): void;
  destroy(closed: () => void): void;
}

/** A query before it is answered: questions that are taken out are not. */
export interface MutableQuery extends DnsMessage {
  questions: DnsMessage['questions'];
}

export interface MdnsSocketListener {
  query(query: MutableQuery, source: string): void;
  response(response: DnsMessage, source: string): void;
  /** Something could not be sent or joined; the next try may succeed. */
  failed(error: Error): void;
  /** The socket is of no use any more. */
  broke(error: Error): void;
}

type Registered = Parameters<Bonjour['server']['register']>[0];

/**
 * mDNS on one IPv4 address: bonjour-service's socket and its answering of questions. One socket for all addresses would
 * send on one interface only.
 *
 * What is announced and what is read is ours. bonjour-service's publish() tells the addresses of all interfaces on each,
 * takes those of the whole machine back in its goodbye, and after a conflict says goodbye in the name of the winner;
 * its find() drops what changed and cannot tell two agents of one name apart.
 */
export class MdnsSocket {
  readonly #server: Bonjour['server'];
  readonly #mdns: MulticastDns;
  readonly #listener: MdnsSocketListener;

  constructor({ address }: LocalAddress, listener: MdnsSocketListener) {
    this.#listener = listener;
    // Bound to the address itself, a socket hears no multicast (ip(7)).
    const options = { port: 5353, interface: address, bind: '0.0.0.0' };
    const bonjour = new Bonjour(options, (error: Error) => listener.failed(error));
    // biome-ignore lint/complexity/useLiteralKeys: it is private, and there is no other way to the errors of the socket
    this.#server = bonjour['server'];
    this.#mdns = this.#server.mdns;
    this.#mdns.prependListener('query', (query, from) => listener.query(query, from.address));
    this.#mdns.on('response', (response, from) => listener.response(response, from.address));
    this.#mdns.on('error', (error) => listener.broke(error));
    this.#mdns.on('warning', (error) => {
      // Without a system call it is a packet that cannot be decoded, and concerns its sender.
      if (error.syscall !== undefined) listener.failed(error);
    });
  }

  /** Answers questions with these records from now on. */
  register(records: Registered): void {
    this.#server.register(records);
  }

  unregister(records: Registered): void {
    this.#server.unregister(records);
  }

  query(message: Partial<DnsMessage>): void {
    this.#mdns.query(message, (error) => this.#sent(error));
  }

  /** Resolves when it is sent, or could not be. */
  respond(answers: readonly DnsRecord[]): Promise<void> {
    return new Promise((resolve) => {
      this.#mdns.respond({ answers }, (error) => {
        this.#sent(error);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#mdns.destroy(resolve));
  }

  #sent(error: Error | null | undefined): void {
    if (error) this.#listener.failed(error);
  }
}
