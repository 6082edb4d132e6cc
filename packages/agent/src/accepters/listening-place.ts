import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listenTcp } from '@sercli/link';
import { formatPlace } from '@sercli/protocol';
import { keepUrgentData } from '@sercli/tty';
import type { ListenPlace } from '../server/listen-place.ts';

/** A dead client is noticed by TCP: the first probe comes after so many milliseconds without a byte. */
const keepAliveMs = 15_000;

/** A TCP port that accepters listen on. It outlives a change of what it is for. */
export class ListeningPlace {
  /** `127.0.0.1:3333` */
  readonly address: string;
  readonly host: string;
  readonly tcpPort: number;
  /** Who serves those that connect; until there is somebody, they wait. */
  #serve: ((socket: Socket) => void) | undefined;
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();

  /**
   * @param enter says whether a connection may come in at all
   * @throws SercliError `listen-failed`, `listen-busy`
   */
  static async open(place: ListenPlace, enter: (socket: Socket) => boolean): Promise<ListeningPlace> {
    // A client that sends no more may still want to read (nc -N): the session says when the connection ends.
    const options = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };
    const server = createServer(options);
    await listenTcp(server, { ...place, option: '--tcp, or tcp in sercli.yaml' });
    // The synch signal of telnet has an urgent byte in it (RFC 854), and no byte of a raw client may be lost either.
    const fd = descriptorOf(server);
    if (fd !== undefined) keepUrgentData(fd);
    return new ListeningPlace(server, enter);
  }

  private constructor(server: Server, enter: (socket: Socket) => boolean) {
    const { address, port } = server.address() as AddressInfo;
    this.#server = server;
    this.host = address;
    this.tcpPort = port;
    this.address = formatPlace(address, port);
    server.on('connection', (socket) => {
      // Whoever serves it listens to errors as well; a reset is one, and 'close' follows.
      socket.on('error', () => socket.destroy());
      if (!enter(socket)) return void socket.destroy();
      if (this.#serve !== undefined) return this.#serve(socket);
      this.#waiting.add(socket);
      socket.once('close', () => this.#waiting.delete(socket));
    });
  }

  serveWith(serve: (socket: Socket) => void): void {
    this.#serve = serve;
    for (const socket of this.#waiting) serve(socket);
    this.#waiting.clear();
  }

  /** Listens no more; connections that are served go on. */
  close(): void {
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

/** Node has no public way to it. */
function descriptorOf(server: Server): number | undefined {
  const handle: unknown = Reflect.get(server, '_handle');
  const fd: unknown = Object(handle).fd;
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}
