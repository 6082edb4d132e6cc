import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentLimits, defaultAgentLimits } from '@sercli/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, loadIdentity } from '../identity.ts';
import { listenNative, type NativeListener } from './listen.ts';

const few: AgentLimits = {
  ...defaultAgentLimits,
  handshakesAtOncePerAddress: 2,
  handshakesPerSecondPerAddress: 2,
  handshakeWaitMs: 5_000,
};
/** One after the other they would take the turns of 10 s, twice as long as one may wait. */
const goners = 20;

describe('a listener with more TLS handshakes than it may have', () => {
  let folder: string;
  let identity: Identity;
  let listener: NativeListener;
  let slowed: string[];
  let answered: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    identity = await loadIdentity(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    slowed = [];
    answered = [];
  });
  afterEach(() => listener.close());

  const listen = async (limits: AgentLimits): Promise<void> => {
    listener = await listenNative({
      address: '127.0.0.1',
      tcpPort: 0,
      identity,
      limits,
      refusal: () => undefined,
      hasName: () => false,
      onCrowded: () => undefined,
      onSlowed: (address) => void slowed.push(address),
      onCarrier: () => undefined,
      onRequest: (_request, response, peer) => {
        answered.push(peer.ipAddress ?? '');
        response.end('served');
      },
    });
  };
  /** Resolves to the milliseconds that it took. */
  const ask = async (localAddress: string): Promise<number> => {
    const startedAt = performance.now();
    const place = { host: '127.0.0.1', port: listener.tcpPort, localAddress };
    const asking = request({ ...place, agent: false, rejectUnauthorized: false });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    return performance.now() - startedAt;
  };
  const connectFrom = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: listener.tcpPort, localAddress });
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect');
    return socket.resume();
  };
  const spendBurst = async (localAddress: string): Promise<void> => {
    for (let one = 0; one < few.handshakesAtOncePerAddress; one += 1) await ask(localAddress);
  };

  it('has who comes too often wait, says so, and serves others meanwhile', async () => {
    await listen(few);
    await spendBurst('127.0.0.2');
    expect(slowed).toEqual([]);
    const waiting = [ask('127.0.0.2'), ask('127.0.0.2'), ask('127.0.0.2')];
    await expect.poll(() => slowed).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.2']);
    await ask('127.0.0.3');
    expect(answered.slice(0, 3)).toEqual(['127.0.0.2', '127.0.0.2', '127.0.0.3']);
    // Half a second for each, less what of the first had passed.
    expect(Math.max(...(await Promise.all(waiting)))).toBeGreaterThan(1_000);
    expect(slowed).toHaveLength(3);
  });

  it('cuts off who would wait too long', async () => {
    await listen({ ...few, handshakesPerSecondPerAddress: 0.1, handshakeWaitMs: 200 });
    await spendBurst('127.0.0.2');
    await expect(ask('127.0.0.2')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await ask('127.0.0.3');
  });

  it('gives no turn to who went away while it waited', async () => {
    await listen(few);
    await spendBurst('127.0.0.2');
    const sockets = await Promise.all(Array.from({ length: goners }, () => connectFrom('127.0.0.2')));
    await expect.poll(() => slowed).toHaveLength(goners);
    for (const [index, socket] of sockets.entries()) {
      socket.write('what a client says first');
      if (index % 2 === 0) socket.end();
      else socket.resetAndDestroy();
    }
    await ask('127.0.0.2');
  });

  it('keeps no more of one who waits than a client has to say first', async () => {
    await listen({ ...few, handshakesPerSecondPerAddress: 0.001, handshakeWaitMs: 600_000 });
    await spendBurst('127.0.0.2');
    const socket = await connectFrom('127.0.0.2');
    socket.write(Buffer.alloc(64 * 1024));
    await once(socket, 'close');
  });

  it('closes while clients wait', async () => {
    await listen({ ...few, handshakesPerSecondPerAddress: 0.001, handshakeWaitMs: 600_000 });
    await spendBurst('127.0.0.2');
    const socket = await connectFrom('127.0.0.2');
    await expect.poll(() => slowed).toHaveLength(1);
    await Promise.all([listener.close(), once(socket, 'close')]);
  });

  it('slows nobody who comes back with 200 connections at once', async () => {
    await listen(defaultAgentLimits);
    await Promise.all(Array.from({ length: 200 }, () => ask('127.0.0.2')));
    expect(slowed).toEqual([]);
  });
});
