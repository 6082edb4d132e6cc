import type { Socket } from 'node:net';
import { plainAddress } from '@sercli/link';
import {
  type AccessProtocol,
  defaultAgentLimits,
  formatPlace,
  type ListedAccepter,
  openingBytes,
  SercliError,
  toSercliError,
} from '@sercli/protocol';
import type { Logger } from '../logger.ts';
import type { WhenBusy } from '../ports/port-control.ts';
import type { ServedPort } from '../ports/served-port.ts';
import type { SessionLink } from '../ports/session-link.ts';
import type { RefusalLog } from '../server/refusal-log.ts';
import type { SessionBook } from '../server/session-book.ts';
import { AccepterClient } from './accepter-client.ts';
import type { AccepterConfig, BusyRule, PlacedAccepter } from './accepter-config.ts';
import { textBytes } from './accepter-text.ts';
import { networkFilter } from './allowed-networks.ts';
import { type Refusal, refusalOf, refusalText } from './refusal-text.ts';

/** What accepters have of their agent. */
export interface AccepterSurroundings {
  /** @throws SercliError `port-not-found` */
  port(name: string): Promise<ServedPort>;
  /** Where sessions are entered for those who ask who is there. */
  readonly sessions: SessionBook;
  readonly logger: Logger;
  readonly refusals: RefusalLog;
  /** Called when `clientsOf` may say something else. */
  changed(): void;
}

/** Errors of a port that let a client of several ports try the next one. */
const passedOver: readonly string[] = [
  'port-busy',
  'agent-full',
  'port-not-found',
  'port-unavailable',
  'device-lost',
  'device-busy',
  'device-not-found',
];

interface Served {
  readonly client: AccepterClient;
  readonly port: string;
}

/** Serves those who connect to the TCP ports of one accepter. */
export class Accepter {
  readonly placed: PlacedAccepter;
  readonly #surroundings: AccepterSurroundings;
  readonly #isAllowed: (address: string) => boolean;
  /** The oldest first. */
  readonly #clients = new Set<Served>();
  /** Clients whose ports are being opened. */
  #openings = 0;
  #refusals = 0;
  /** Where the next client of several ports begins to look. */
  #firstPort = 0;
  /** Why nobody is served any more. */
  #end: SercliError | undefined;

  constructor(placed: PlacedAccepter, surroundings: AccepterSurroundings) {
    this.placed = placed;
    this.#surroundings = surroundings;
    this.#isAllowed = networkFilter(placed.config.allow);
  }

  get #config(): AccepterConfig {
    return this.placed.config;
  }

  /** Those whose sessions have not ended: a connection may outlive its session by the time that the last bytes take. */
  get #present(): readonly Served[] {
    return [...this.#clients].filter(({ client }) => client.link.state.kind !== 'closed');
  }

  get clientCount(): number {
    return this.#present.length;
  }

  /** Clients that were not served. */
  get refusals(): number {
    return this.#refusals;
  }

  /** What each of its clients at a port speaks. */
  clientsOf(port: string): ListedAccepter['clients'] {
    return this.#present.filter((served) => served.port === port).map(({ client }) => client.protocol);
  }

  /** @param address that the client has connected to */
  async serve(socket: Socket, address: string): Promise<void> {
    const from = plainAddress(socket.remoteAddress ?? 'unknown');
    if (this.#end !== undefined) return void socket.destroy();
    if (!this.#isAllowed(from)) return this.#refuse(socket, { kind: 'denied' }, `${address} is not for its address`);
    const isFull = this.clientCount + this.#openings >= this.#config.maxSessions;
    if (isFull && this.#config.onBusy !== 'replace') {
      return this.#refuse(socket, { kind: 'busy' }, `${address} has as many clients as it may`);
    }
    const holder = { name: clientName(this.#config.protocol), address: formatPlace(from, socket.remotePort ?? 0) };
    this.#openings += 1;
    try {
      const link = await this.#openSome(holder, address);
      if (this.#end !== undefined) return link.abort(this.#end);
      void this.#serveOn(socket, link, holder, address);
    } catch (error) {
      this.#refuse(socket, refusalOf(error), toSercliError(error).message);
    } finally {
      this.#openings -= 1;
    }
    this.#makeRoom();
  }

  /** Serves nobody any more, and disconnects those who are there. */
  close(error: SercliError): void {
    this.#end = error;
    for (const { client } of this.#clients) client.abort(error);
  }

  /** Opens the port, or of several the first that is free. */
  async #openSome(holder: Holding, address: string): Promise<SessionLink> {
    const { ports } = this.placed;
    const whenBusy = whenBusyOf(this.#config);
    const order = ports.map((_, index) => ports[(this.#firstPort + index) % ports.length] ?? '');
    let refusal: SercliError | undefined;
    for (const [index, port] of order.entries()) {
      try {
        const link = await this.#open(port, { holder, address }, ports.length === 1 ? whenBusy : 'refuse');
        this.#firstPort = (this.#firstPort + index + 1) % ports.length;
        return link;
      } catch (error) {
        const told = toSercliError(error);
        if (ports.length === 1 || !passedOver.includes(told.code)) throw told;
        refusal = told.code === 'port-busy' ? told : (refusal ?? told);
      }
    }
    const [first] = order;
    if (first !== undefined && whenBusy !== 'refuse' && refusal?.code === 'port-busy') {
      return this.#open(first, { holder, address }, whenBusy);
    }
    throw refusal ?? new SercliError('internal', { what: 'an accepter has no ports' });
  }

  async #open(name: string, { holder, address }: Arrival, whenBusy: WhenBusy): Promise<SessionLink> {
    const { protocol, onBusy, settings, closeText } = this.#config;
    const port = await this.#surroundings.port(name);
    const isLast = (): boolean => this.clientsOf(name).length <= 1;
    const place = { port: name, device: port.device, address, remoteAddress: holder.address };
    const farewell = closeText && (() => (isLast() ? textBytes(closeText, place) : nothing));
    return port.openSession({
      holder,
      settings,
      role: 'control',
      whenBusy,
      start: { kind: 'now' },
      // Who speaks RFC 2217 may have asked to be told; the session knows, and ends if not.
      endsOnOverflow: protocol !== 'rfc2217' && protocol !== 'auto',
      endsWhenTaken: onBusy !== 'monitor',
      ...(farewell === undefined || farewell === '' ? {} : { farewell }),
    });
  }

  async #serveOn(socket: Socket, link: SessionLink, holder: Holding, address: string): Promise<void> {
    const { sessions, logger, changed } = this.#surroundings;
    const { banner, openText } = this.#config;
    const { name: port, device } = link.info;
    const place = { port, device, address, remoteAddress: holder.address, settings: link.settings };
    const isFirst = this.clientsOf(port).length === 0;
    const client = new AccepterClient({
      socket,
      link,
      config: this.#config,
      logger,
      banner: banner === undefined ? undefined : textBytes(banner, place),
      openText: openText === undefined || !isFirst ? undefined : textBytes(openText, place),
      decided: (protocol) => {
        holder.name = clientName(protocol);
        logger.info({ port, address: holder.address, protocol }, `${port}: ${holder.address} speaks ${protocol}`);
        changed();
      },
    });
    const served = { client, port };
    this.#clients.add(served);
    const accepter = () => ({ address, protocol: client.protocol, refusedBytes: client.refusedBytes });
    const carriage = () => ({ software: 'unknown', reconnects: 0, windowBytes: 0, accepter: accepter() });
    sessions.add({ port, role: link.hasControl ? 'control' : 'monitor', link, carriage });
    void link.closed.then(() => {
      this.#clients.delete(served);
      changed();
    });
    changed();
    await client.serve();
  }

  /** Those who have been there for the longest time make room for one who replaces them. */
  #makeRoom(): void {
    const tooMany = this.clientCount - this.#config.maxSessions;
    for (const { client, port } of this.#present.slice(0, Math.max(0, tooMany))) {
      client.abort(new SercliError('session-ended', { port, reason: 'another client took its place' }));
    }
  }

  #refuse(socket: Socket, refusal: Refusal, reason: string): void {
    this.#refusals += 1;
    this.#surroundings.refusals.tell(plainAddress(socket.remoteAddress ?? 'unknown'), reason);
    // As ser2net does: a telnet client that has seen no negotiation shows the text in its line mode.
    socket.write(openingBytes(this.#config.protocol));
    socket.end(refusalText(refusal));
    // What it sends is not read, and would make TCP reset the connection before the text is read.
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), defaultAgentLimits.refusedConnectionMs);
    socket.once('close', () => clearTimeout(timer));
  }
}

/** Who has a session, under a name that says what it speaks as soon as that is known. */
interface Holding {
  name: string;
  readonly address: string;
}

/** A client, and where it has connected. */
interface Arrival {
  readonly holder: Holding;
  readonly address: string;
}

const nothing = new Uint8Array(0);

function clientName(protocol: AccessProtocol): string {
  return `${protocol === 'auto' ? 'TCP' : protocol} client`;
}

const rules: Readonly<Record<BusyRule, WhenBusy>> = {
  refuse: 'refuse',
  monitor: 'monitor',
  share: 'share',
  replace: 'take',
};

/** Where several clients may be replaced, they share the port until there are too many. */
function whenBusyOf({ onBusy, maxSessions }: AccepterConfig): WhenBusy {
  return onBusy === 'replace' && maxSessions > 1 ? 'share' : rules[onBusy];
}
