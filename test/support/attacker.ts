import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { encodeMessage, oldestWire } from '@sercli/protocol';
import { RawClient } from './raw-client.ts';

/** Connections that are made at the same time. */
const atOnce = 50;
const byteMs = 1_000;

const hello = encodeMessage(0, { type: 'hello', wire: oldestWire, name: 'test', software: 'test' });
const head = Buffer.from(`GET /v1/ports HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(4096)}`);

/** What strangers do to an agent from one address. Everything resolves when the agent has ended all connections. */
export class Attacker {
  readonly #tcpPort: number;
  readonly #localAddress: string;

  /** @param localAddress any address of the loopback network */
  constructor(tcpPort: number, localAddress: string) {
    this.#tcpPort = tcpPort;
    this.#localAddress = localAddress;
  }

  /** Connects and says nothing. */
  beSilent(count: number): Promise<void> {
    return this.#each(count, count, async () => closed(await this.#connect()));
  }

  /** Connects and goes away at once. */
  comeAndGo(count: number): Promise<void> {
    return this.#each(count, atOnce, async () => {
      const socket = await this.#connect();
      socket.destroy();
      await closed(socket);
    });
  }

  /** Asks over HTTP, a byte at a time. */
  askSlowly(count: number): Promise<void> {
    return this.#each(count, count, async () => {
      const socket = await this.#handshake();
      await dribble(head, (byte) => socket.write(byte), closed(socket));
    });
  }

  /** Speaks the native protocol, a byte at a time. */
  speakSlowly(count: number): Promise<void> {
    return this.#each(count, count, async () => {
      const client = await RawClient.connect(this.#tcpPort, this.#localAddress);
      await dribble(hello, (byte) => client.send(byte), client.closed());
    });
  }

  /** Shakes hands and hangs up, four at a time, until it is aborted; resolves to the number of handshakes. */
  async shakeHands(signal: AbortSignal): Promise<number> {
    let count = 0;
    await this.#each(4, 4, async () => {
      while (!signal.aborted) {
        const socket = await this.#handshake();
        if (!socket.destroyed) count += 1;
        socket.destroy();
        await closed(socket);
      }
    });
    return count;
  }

  /** Sends what means nothing, to TLS, to HTTP and to the native protocol. */
  talkRubbish(count: number): Promise<void> {
    return this.#each(count, atOnce, async (index) => {
      if (index % 3 === 2) {
        const client = await RawClient.connect(this.#tcpPort, this.#localAddress);
        client.send(randomBytes(4096));
        return client.closed();
      }
      const socket = await (index % 3 === 0 ? this.#connect() : this.#handshake());
      socket.write(randomBytes(4096));
      await closed(socket);
    });
  }

  async #each(count: number, atOnce: number, attack: (index: number) => Promise<void>): Promise<void> {
    for (let done = 0; done < count; done += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, count - done) }, (_, index) => attack(done + index)));
    }
  }

  async #connect(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: this.#tcpPort, localAddress: this.#localAddress });
    return ready(socket, 'connect');
  }

  async #handshake(): Promise<Socket> {
    const place = { host: '127.0.0.1', port: this.#tcpPort, localAddress: this.#localAddress };
    // `localAddress` is passed on to net.connect(); the types of Node leave it out.
    return ready(connectTls({ ...place, rejectUnauthorized: false }), 'secureConnect');
  }
}

/** A reset is one of the ways in which an agent ends a connection, also before it was made. */
async function ready(socket: Socket, event: string): Promise<Socket> {
  socket.on('error', () => socket.destroy());
  socket.resume();
  await Promise.race([once(socket, event).catch(() => undefined), closed(socket)]);
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Sends a byte each second until it is over. */
async function dribble(bytes: Uint8Array, send: (byte: Uint8Array) => void, over: Promise<void>): Promise<void> {
  let sent = 0;
  const timer = setInterval(() => {
    send(bytes.subarray(sent, sent + 1));
    sent += 1;
  }, byteMs);
  await over;
  clearInterval(timer);
}
