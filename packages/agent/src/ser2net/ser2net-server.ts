import { randomBytes } from 'node:crypto';
import type { Discovery } from '@sercli/discovery';
import { shortHostName } from '@sercli/link';
import { formatPlace, SercliError, toSercliError } from '@sercli/protocol';
import { type PlacedAccepter, placedAccepters } from '../accepters/accepter-config.ts';
import { AccepterServices } from '../accepters/accepter-services.ts';
import { AccepterSet } from '../accepters/accepter-set.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { Logger } from '../logger.ts';
import { PortRegistry } from '../ports/port-registry.ts';
import type { ListenPlace } from '../server/listen-place.ts';
import { RefusalLog } from '../server/refusal-log.ts';
import { SessionBook } from '../server/session-book.ts';
import { keepBusyPorts, type ServedSelection } from './keep-busy-ports.ts';
import { resolvePlaces } from './resolve-places.ts';

/** After how long a TCP port that could not be had is tried again: accepter-retry-time of ser2net.yaml(5). */
const retryMs = 10_000;

export interface Ser2netServerOptions {
  readonly logger: Logger;
  /** Where connections that are to be found are advertised; nowhere unless given. */
  readonly discovery?: (() => Promise<Discovery>) | undefined;
  /** Program and version. */
  readonly software: string;
}

/**
 * Serves ports as ser2net does: on TCP ports alone, with no identity and no native protocol. What cannot be served is
 * logged, and the rest is.
 */
export class Ser2netServer {
  readonly #logger: Logger;
  readonly #registry: PortRegistry;
  readonly #accepters: AccepterSet;
  readonly #services: AccepterServices;
  #wanted: ServedSelection = { ports: [], accepters: [] };
  #served: ServedSelection = { ports: [], accepters: [] };
  /** Some of what is wanted waits: for clients to leave, or for a TCP port. */
  #isWaiting = false;
  #applying: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ logger, discovery, software }: Ser2netServerOptions) {
    this.#logger = logger;
    const accepters = (port: string) => this.#accepters.listed(port);
    this.#registry = new PortRegistry({ host: shortHostName(), logger, accepters });
    this.#accepters = new AccepterSet({
      port: (name) => this.#registry.get(name),
      sessions: new SessionBook(),
      refusals: new RefusalLog(logger),
      logger,
      changed: () => this.#registry.mayHaveChanged(),
    });
    this.#services = new AccepterServices({
      discovery,
      // There is no key that would give it one for longer.
      agentId: randomBytes(4).toString('hex'),
      software,
      logger,
      readings: () => this.#accepters.readings,
      deviceOf: (port) => this.#registry.served.find(({ name }) => name === port)?.device,
      agentName: shortHostName,
    });
    this.#registry.watch(() => {
      void this.#services.look();
      if (this.#isWaiting) void this.#apply();
    });
  }

  /**
   * Serves what a sercli.yaml of `importSer2net` says. Ports that have changed and are in use change when their clients
   * have left; those that are disabled lose their clients at once.
   *
   * @throws SercliError `bad-config`; then nothing has changed
   */
  async serve(yaml: string, file: string): Promise<void> {
    const { ports, rotators } = parseConfig(yaml, file);
    const report = (text: string): void => this.#logger.error({}, text);
    const accepters = await resolvePlaces(placedAccepters(ports, rotators, false), report);
    this.#wanted = { ports, accepters };
    await this.#apply();
  }

  /** Where it listens. */
  get addresses(): readonly string[] {
    return this.#accepters.readings.flatMap(({ addresses }) => addresses);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#services.close();
    this.#accepters.close();
    await this.#registry.close();
  }

  /** One after the other: what is asked for meanwhile is what the last one takes. */
  #apply(): Promise<void> {
    this.#applying = this.#applying
      .then(() => this.#applyNow())
      .catch((error: unknown) => {
        const { code, message } = toSercliError(error);
        this.#logger.error({ code }, message);
      });
    return this.#applying;
  }

  async #applyNow(): Promise<void> {
    if (this.#isClosed) return;
    const busy = new Set(this.#registry.served.filter(({ sessions }) => sessions.length > 0).map(({ name }) => name));
    const { selection, isComplete } = keepBusyPorts(this.#served, this.#wanted, busy);
    const accepters = await this.#listenWhereItCan(selection);
    this.#served = { ports: selection.ports, accepters };
    this.#isWaiting = !isComplete;
    void this.#services.look();
  }

  /** @returns the accepters that serve now */
  async #listenWhereItCan({ ports, accepters }: ServedSelection): Promise<readonly PlacedAccepter[]> {
    let left = accepters;
    clearTimeout(this.#retry);
    for (;;) {
      try {
        const prepared = await this.#accepters.prepare(left);
        await this.#registry.select({ ports, isFinding: false, policy: {} });
        prepared.commit();
        return left;
      } catch (error) {
        const without = withoutPlaceOf(left, error);
        if (without === undefined) throw error;
        const { code, message } = toSercliError(error);
        this.#logger.error({ code }, message);
        left = without;
        this.#tryAgainLater();
      }
    }
  }

  #tryAgainLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#apply(), retryMs).unref();
  }
}

/** The accepters without the place that an error names; undefined for any other error. */
function withoutPlaceOf(accepters: readonly PlacedAccepter[], error: unknown): readonly PlacedAccepter[] | undefined {
  if (!(error instanceof SercliError)) return undefined;
  const address = 'address' in error.fields ? error.fields.address : undefined;
  const isOther = ({ host, tcpPort }: ListenPlace): boolean => formatPlace(host, tcpPort) !== address;
  if (accepters.every(({ config }) => config.listen.every(isOther))) return undefined;
  return accepters.flatMap(({ ports, config }) => {
    const listen = config.listen.filter(isOther);
    return listen.length === 0 ? [] : [{ ports, config: { ...config, listen } }];
  });
}
