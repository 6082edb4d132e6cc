import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import type { MessageName, MessageOf } from '@sercli/protocol';
import { MessageQueue } from './message-queue.ts';

/** A client of the native protocol that sends whatever bytes a test wants, right or wrong. */
export class RawClient {
  readonly #socket: Socket;
  readonly #messages = new MessageQueue();
  readonly #closed: Promise<unknown>;

  /** @param localAddress where the client comes from: any address of the loopback network */
  static async connect(tcpPort: number, localAddress = '127.0.0.1'): Promise<RawClient> {
    const upgrade = request({
      host: '127.0.0.1',
      port: tcpPort,
      localAddress,
      path: '/v1/native',
      headers: { Connection: 'Upgrade', Upgrade: 'sercli' },
      rejectUnauthorized: false,
      agent: false,
    });
    upgrade.end();
    const [, socket, head]: [IncomingMessage, Socket, Buffer] = (await once(upgrade, 'upgrade')) as never;
    return new RawClient(socket, head);
  }

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    // A reset is one of the ways in which an agent may end a connection.
    socket.on('error', () => socket.destroy());
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    this.#messages.push(head);
    socket.on('data', (chunk: Buffer) => this.#messages.push(chunk));
  }

  send(...frames: Uint8Array[]): void {
    for (const frame of frames) this.#socket.write(frame);
  }

  /** Reads nothing from now on, and sends `bytes` again and again until the connection is closed or `maxBytes` are sent. */
  async flood(bytes: Uint8Array, maxBytes: number): Promise<void> {
    this.#socket.pause();
    for (let sent = 0; sent < maxBytes && !this.#socket.destroyed; sent += bytes.length) {
      if (this.#socket.write(bytes)) continue;
      const drained = new Promise((resolve) => this.#socket.once('drain', resolve));
      await Promise.race([drained, this.#closed]);
    }
  }

  /** Resolves to the next message of that name, whatever comes before it. */
  next<Name extends MessageName>(name: Name): Promise<MessageOf<Name>> {
    return this.#messages.next(name);
  }

  /** Resolves when the connection is closed, by whichever side. */
  async closed(): Promise<void> {
    await this.#closed;
  }

  async end(): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}
