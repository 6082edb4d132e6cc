import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { SercliError } from '@sercli/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLink } from '../testing/memory-link.ts';
import { AccepterSession } from './accepter-session.ts';

let server: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** A session on a real socket, and its client. */
async function accept(protocol: 'raw' | 'rfc2217' | 'nullmodem', link = new MemoryLink()) {
  const address = server.address();
  const tcpPort = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const accepted = once(server, 'connection');
  const client = connect(tcpPort, '127.0.0.1');
  const [stream] = (await accepted) as [Socket];
  sockets.push(client, stream);
  return { client, stream, link, session: new AccepterSession({ link, stream, protocol }) };
}

/** Resolves when `condition` holds; it is looked at after each chunk that the client has received. */
function untilReceived(client: Socket, condition: (received: Buffer) => boolean): Promise<Buffer> {
  const parts: Buffer[] = [];
  return new Promise((resolve) => {
    client.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      const received = Buffer.concat(parts);
      if (condition(received)) resolve(received);
    });
  });
}

/** Resolves when `condition` holds; it is looked at in each turn of the event loop. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (condition()) resolve();
      else setImmediate(look);
    };
    look();
  });
}

const pattern = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31 + (at >> 8) * 7) & 255));

describe('an accepter session on a socket', () => {
  it('carries megabytes both ways at once', async () => {
    const { client, link } = await accept('raw');
    const received = untilReceived(client, ({ length }) => length >= pattern.length);
    for (let at = 0; at < pattern.length; at += 50_000) link.receive(pattern.subarray(at, at + 50_000));
    client.end(pattern);
    expect((await received).equals(pattern)).toBe(true);
    await link.closed;
    expect(link.written.equals(pattern)).toBe(true);
  });

  it('lets TCP hold a client that sends faster than the device takes', async () => {
    const { client, stream, link, session } = await accept('raw');
    link.room = 0;
    const huge = Buffer.alloc(32_000_000, 1);
    client.write(huge);
    await until(() => stream.isPaused());
    // What was read when it stopped, and what the stream reads ahead.
    expect(stream.bytesRead).toBeLessThan(1_000_000);
    link.room = Number.POSITIVE_INFINITY;
    link.makeRoom(0);
    client.end();
    expect(await session.closed).toBeUndefined();
    expect(link.written.length).toBe(huge.length);
  });

  it('stops only itself when its client does not read', async () => {
    const deaf = await accept('raw');
    const healthy = await accept('raw');
    deaf.client.pause();
    const received = untilReceived(healthy.client, ({ length }) => length >= pattern.length);
    for (let at = 0; at < pattern.length; at += 50_000) {
      const part = pattern.subarray(at, at + 50_000);
      for (let times = 0; times < 6; times += 1) deaf.link.receive(part);
      healthy.link.receive(part);
    }
    expect((await received).equals(pattern)).toBe(true);
    expect(deaf.link.unreadBytes).toBeGreaterThan(1_000_000);
    deaf.session.abort(new SercliError('aborted', { what: 'the session' }));
    expect((await deaf.session.closed)?.code).toBe('aborted');
  });

  it('tells a change of a modem line in much less than a second', async () => {
    const { client, link } = await accept('rfc2217');
    client.write(Buffer.of(255, 251, 44));
    const told = (state: number) => (bytes: Buffer) => bytes.includes(Buffer.of(255, 250, 44, 107, state, 255, 240));
    await untilReceived(client, told(0));
    const changed = untilReceived(client, told(0x11));
    const began = performance.now();
    link.setInputs({ cts: true });
    await changed;
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('hands to the device what a client sent before it reset the connection', async () => {
    const { client, link, session } = await accept('raw');
    link.receive('unread');
    client.write('sent');
    await until(() => link.written.length === 4);
    client.resetAndDestroy();
    expect((await session.closed)?.code).toBe('connection-lost');
    expect(link.log).toEqual(['"sent"', 'closed']);
  });
});
