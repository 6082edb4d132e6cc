import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { defaultLimits, FrameDecoder, type Message, type MessageName, type MessageOf } from '@sercli/protocol';

/** A client of the native protocol that sends whatever bytes a test wants, right or wrong. */
export class RawClient {
  readonly #socket: Socket;
  readonly #messages: Message[] = [];
  #arrived: (() => void) | undefined;
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
    const decoder = new FrameDecoder(
      { message: (_, message) => this.#take(message), data: () => undefined, skipped: () => undefined },
      'accepter',
      defaultLimits,
    );
    decoder.push(head);
    socket.on('data', (chunk: Buffer) => decoder.push(chunk));
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
  async next<Name extends MessageName>(name: Name): Promise<MessageOf<Name>> {
    for (;;) {
      const message = this.#messages.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
        });
      } else if (message.type === name) return message as MessageOf<Name>;
    }
  }

  /** Resolves when the connection is closed, by whichever side. */
  async closed(): Promise<void> {
    await this.#closed;
  }

  async end(): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }

  #take(message: Message): void {
    this.#messages.push(message);
    this.#arrived?.();
  }
}
