import type { Socket } from 'node:net';
import { plainAddress } from '@sercli/link';
import { defaultAgentLimits, formatPlace, type ListedAccepter, SercliError } from '@sercli/protocol';
import type { ListenPlace } from '../server/listen-place.ts';
import { Accepter, type AccepterSurroundings } from './accepter.ts';
import type { PlacedAccepter } from './accepter-config.ts';
import { ConnectionGate } from './connection-gate.ts';
import { ListeningPlace } from './listening-place.ts';

/** What is ready to be served, and needs only a word. */
export interface PreparedAccepters {
  /** From now on these accepters serve, and no others. Those that are the same as before keep their clients. */
  commit(): void;
  /** Everything stays as it was. */
  cancel(): void;
}

/** An accepter that serves, for those who ask. */
export interface AccepterReading {
  readonly placed: PlacedAccepter;
  /** Where it listens: `127.0.0.1:3333`. */
  readonly addresses: readonly string[];
  readonly places: readonly ListenPlace[];
  readonly clients: number;
  readonly refusals: number;
}

interface Serving {
  readonly accepter: Accepter;
  readonly places: readonly ListeningPlace[];
}

/** The accepters of an agent. */
export class AccepterSet {
  readonly #surroundings: AccepterSurroundings;
  readonly #gate = new ConnectionGate(defaultAgentLimits);
  /** By what was said of them. */
  #serving = new Map<string, Serving>();
  /** By where they listen, as that was said. */
  #places = new Map<string, ListeningPlace>();

  constructor(surroundings: AccepterSurroundings) {
    this.#surroundings = surroundings;
  }

  /** What the port list says of a port's accepters. */
  listed(port: string): ListedAccepter[] {
    return [...this.#serving.values()]
      .filter(({ accepter }) => accepter.placed.ports.includes(port))
      .map(({ accepter, places }) => {
        const { protocol, onBusy, advertise } = accepter.placed.config;
        const addresses = places.map(({ address }) => address);
        const advertised = advertise === undefined ? {} : { advertised: `_${advertise.service}._tcp` };
        return { addresses, protocol, onBusy, clients: accepter.clientsOf(port), ...advertised };
      });
  }

  get readings(): readonly AccepterReading[] {
    return [...this.#serving.values()].map(({ accepter, places }) => ({
      placed: accepter.placed,
      addresses: places.map(({ address }) => address),
      places: places.map(({ host, tcpPort }) => ({ host, tcpPort })),
      clients: accepter.clientCount,
      refusals: accepter.refusals,
    }));
  }

  /**
   * Listens where these accepters are to, besides where others listen now.
   *
   * @throws SercliError `listen-failed`, `listen-busy`, `usage` where two are to listen in one place; then all is as before
   */
  async prepare(wanted: readonly PlacedAccepter[]): Promise<PreparedAccepters> {
    const enabled = wanted.filter(({ config }) => config.enabled);
    const keys = enabled.map(placeKeys);
    refuseTwins(keys.flat());
    const opened = new Map<string, ListeningPlace>();
    const cancel = (): void => {
      for (const place of opened.values()) place.close();
    };
    try {
      for (const [key, place] of keys.flat()) {
        if (this.#places.has(key)) continue;
        opened.set(key, await ListeningPlace.open(place, (socket) => this.#enter(socket)));
      }
    } catch (error) {
      cancel();
      throw error;
    }
    return { commit: () => this.#commit(enabled, opened), cancel };
  }

  /** Serves nobody any more, and cuts the connections. */
  close(): void {
    const error = new SercliError('session-ended', { port: 'every port', reason: 'the agent ends' });
    for (const place of this.#places.values()) place.close();
    for (const { accepter } of this.#serving.values()) accepter.close(error);
    this.#places.clear();
    this.#serving.clear();
    this.#gate.cutAll();
  }

  #commit(wanted: readonly PlacedAccepter[], opened: ReadonlyMap<string, ListeningPlace>): void {
    const before = this.#serving;
    const places = new Map<string, ListeningPlace>();
    this.#serving = new Map();
    for (const placed of wanted) {
      const identity = JSON.stringify(placed);
      const own = placeKeys(placed).flatMap(([key]) => {
        const place = this.#places.get(key) ?? opened.get(key);
        if (place !== undefined) places.set(key, place);
        return place ?? [];
      });
      const accepter = before.get(identity)?.accepter ?? new Accepter(placed, this.#surroundings);
      for (const place of own) place.serveWith((socket) => void accepter.serve(socket, place.address));
      this.#serving.set(identity, { accepter, places: own });
      if (!before.has(identity)) this.#tell(placed, own);
      before.delete(identity);
    }
    for (const [key, place] of this.#places) if (!places.has(key)) place.close();
    this.#places = places;
    for (const { accepter } of before.values()) {
      const [port = ''] = accepter.placed.ports;
      accepter.close(new SercliError('session-ended', { port, reason: 'its accepter is another one now' }));
    }
    this.#surroundings.changed();
  }

  #enter(socket: Socket): boolean {
    const isLetIn = this.#gate.enter(socket);
    if (!isLetIn) {
      const address = plainAddress(socket.remoteAddress ?? 'unknown');
      this.#surroundings.refusals.tell(address, 'there are too many connections to accepters');
    }
    return isLetIn;
  }

  #tell({ ports, config }: PlacedAccepter, places: readonly ListeningPlace[]): void {
    const { logger } = this.#surroundings;
    const name = ports.join(', ');
    for (const { address } of places) {
      const what = `${name} is served on ${address} (${config.protocol})`;
      const fields = { ports, address, protocol: config.protocol };
      if (places.every(({ host }) => isLoopback(host)) || config.allow.length > 0) logger.info(fields, what);
      else logger.warn(fields, `${what}: whoever reaches that may use it, without being asked`);
    }
  }
}

/** TCP port 0 is any free one, and another one for each. */
function placeKeys(placed: PlacedAccepter): (readonly [key: string, place: ListenPlace])[] {
  return placed.config.listen.map((place, index) => {
    const address = formatPlace(place.host, place.tcpPort);
    return [place.tcpPort === 0 ? `${address} ${index} ${JSON.stringify(placed)}` : address, place];
  });
}

function refuseTwins(places: readonly (readonly [key: string, place: ListenPlace])[]): void {
  const keys = places.map(([key]) => key);
  const twin = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twin === undefined) return;
  const remedy = 'give one of them another TCP port';
  throw new SercliError('usage', { what: `two accepters listen on ${twin.split(' ')[0]}`, remedy });
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
