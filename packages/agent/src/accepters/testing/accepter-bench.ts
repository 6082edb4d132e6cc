import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { SercliError } from '@sercli/protocol';
import type { Clock } from '../../devices/clock.ts';
import { type Logger, silentLogger } from '../../logger.ts';
import type { PortPolicy } from '../../ports/port-policy.ts';
import { PortBench } from '../../ports/testing/port-bench.ts';
import { RefusalLog } from '../../server/refusal-log.ts';
import { SessionBook } from '../../server/session-book.ts';
import { type AccepterConfig, accepterOf, type PlacedAccepter } from '../accepter-config.ts';
import { AccepterSet } from '../accepter-set.ts';

const anyPlace = { host: '127.0.0.1', tcpPort: 0 };

/** Accepters on real TCP ports, before served ports on devices in the hands of the test. */
export class AccepterBench {
  readonly ports: ReadonlyMap<string, PortBench>;
  readonly sessions = new SessionBook();
  readonly set: AccepterSet;
  /** What was logged. */
  readonly log: string[] = [];
  readonly #clients: TcpClient[] = [];

  constructor(clock: Clock, names: readonly string[] = ['ttyS0'], policy: Partial<PortPolicy> = {}) {
    this.ports = new Map(names.map((name) => [name, new PortBench(clock, policy, { name })]));
    const tell = (_fields: object, text: string): void => void this.log.push(text);
    const logger: Logger = { ...silentLogger, info: tell, warn: tell };
    this.set = new AccepterSet({
      port: async (name) => {
        const bench = this.ports.get(name);
        if (bench === undefined) throw new SercliError('port-not-found', { port: name, host: 'here', ports: 'others' });
        return bench.port;
      },
      sessions: this.sessions,
      refusals: new RefusalLog(logger),
      logger,
      changed: () => undefined,
    });
  }

  /** The first port. */
  get port(): PortBench {
    const [first] = this.ports.values();
    if (first === undefined) throw new Error('there is no port');
    return first;
  }

  /** Serves these accepters of the first port from now on, each on a free TCP port of its own. */
  async serve(...accepters: Partial<Omit<AccepterConfig, 'listen'>>[]): Promise<void> {
    const [name = ''] = this.ports.keys();
    await this.place(
      ...accepters.map((said, index) => ({
        ports: [name],
        config: accepterOf(anyPlace, { signature: `${index}`, ...said }),
      })),
    );
  }

  async place(...placed: readonly PlacedAccepter[]): Promise<void> {
    (await this.set.prepare(placed)).commit();
  }

  /** A client of an accepter, the first unless another is meant. */
  async connect(index = 0): Promise<TcpClient> {
    const [, tcpPort] = /:(\d+)$/.exec(this.set.readings[index]?.addresses[0] ?? '') ?? [];
    const client = await TcpClient.connect(Number(tcpPort));
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.end();
    this.set.close();
    await Promise.all([...this.ports.values()].map(({ port }) => port.close()));
  }
}

/** A program without sercli. */
export class TcpClient {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  #text = '';

  static async connect(tcpPort: number): Promise<TcpClient> {
    const socket = connect({ host: '127.0.0.1', port: tcpPort, allowHalfOpen: false });
    await once(socket, 'connect');
    return new TcpClient(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#text += text;
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** Everything that came, one character a byte. */
  get text(): string {
    return this.#text;
  }

  /** Resolves once `wanted` has come. */
  async has(wanted: string): Promise<void> {
    while (!this.#text.includes(wanted)) {
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.#text)}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  end(): void {
    this.socket.destroy();
  }
}
