import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ChildProgram, type NetworkNamespace } from '@sercli/testkit';

/**
 * A TCP port of this process's loopback interface that leads to a TCP port which only a namespace reaches: a unix socket
 * is the way across, for its path knows no namespaces.
 */
export class LoopbackDoor {
  readonly tcpPort: number;
  readonly #server: Server;
  readonly #relay: ChildProgram;
  readonly #sockets = new Set<Socket>();

  static async open(namespace: NetworkNamespace, target: string, folder: string): Promise<LoopbackDoor> {
    const path = join(folder, 'door');
    const ends = [`UNIX-LISTEN:${path},fork`, `TCP:${target},nodelay`];
    const relay = await ChildProgram.start('socat', ['-d', '-d', ...ends], { namespace });
    await relay.stderr.waitFor(/listening on/);
    const server = createServer((socket) => door.#pass(socket, createConnection(path)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const door = new LoopbackDoor(server, relay);
    return door;
  }

  private constructor(server: Server, relay: ChildProgram) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the door has no TCP port');
    this.tcpPort = address.port;
    this.#server = server;
    this.#relay = relay;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await this.#relay.end('SIGKILL');
  }

  #pass(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    // What goes wrong on one side ends the other, and both ends see it.
    void Promise.allSettled([pipeline(near, far), pipeline(far, near)]);
  }
}
