import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { fullFingerprintOf, type Identity, loadIdentity } from '@sercli/link';

export interface ImpostorOptions {
  /** Where it keeps its key. */
  readonly directory: string;
  /** Where it listens on the loopback interface; where there is place unless given. */
  readonly tcpPort?: number;
  /** The agent's TCP port, to which it passes on everything that it hears. */
  readonly agentPort?: number;
}

/** Somebody who answers in an agent's stead, with a key of their own, and notes what they hear. */
export class Impostor {
  readonly identity: Identity;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #heardBytes = 0;
  #connections = 0;

  static async start({ directory, tcpPort = 0, agentPort }: ImpostorOptions): Promise<Impostor> {
    const impostor = new Impostor(await loadIdentity(directory), agentPort);
    await once(impostor.#server.listen(tcpPort, '127.0.0.1'), 'listening');
    return impostor;
  }

  private constructor(identity: Identity, agentPort: number | undefined) {
    this.identity = identity;
    this.#server = createServer({ ...identity, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false });
    this.#server.on('connection', (socket) => this.#count(socket));
    this.#server.on('tlsClientError', (_error, socket) => void socket.destroy());
    this.#server.on('secureConnection', (socket) => this.#listenTo(socket, agentPort));
  }

  get tcpPort(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return address.port;
  }

  /** The full one, of the key that it shows. */
  get fingerprint(): string {
    return fullFingerprintOf(this.identity.cert);
  }

  /** How often somebody has come. Who does not take its key leaves before the handshake is over. */
  get connections(): number {
    return this.#connections;
  }

  /** What it was told inside TLS, in bytes. */
  get heardBytes(): number {
    return this.#heardBytes;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #count(socket: Socket): void {
    this.#connections += 1;
    this.#keep(socket);
  }

  #listenTo(socket: TLSSocket, agentPort: number | undefined): void {
    socket.on('data', (bytes: Buffer) => {
      this.#heardBytes += bytes.length;
    });
    if (agentPort === undefined) return;
    const place = { host: '127.0.0.1', port: agentPort, rejectUnauthorized: false };
    const agent = this.#keep(connect({ ...place, ...this.identity }));
    socket.on('error', () => agent.destroy());
    socket.pipe(agent).pipe(socket);
  }

  #keep<Kept extends Socket>(socket: Kept): Kept {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
