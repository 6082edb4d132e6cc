import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { defaultAgentLimits } from '@sercli/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Carrier } from '../carriers/carrier.ts';
import { fullFingerprintOf } from '../fingerprint.ts';
import { type Identity, loadIdentity } from '../identity.ts';
import type { Peer } from '../peer.ts';
import { type HttpRefusal, securityHeaders } from './http-answers.ts';
import { listenNative, type NativeListener } from './listen.ts';

const limits = {
  ...defaultAgentLimits,
  connections: 4,
  connectionsPerAddress: 2,
  handshakeMs: 500,
  keepAliveMs: 200,
  unreadAnswerMs: 300,
};
/** More than the kernel takes from one side for the other. */
const large = Buffer.alloc(32 * 1024 * 1024);

describe('a listener', () => {
  let folder: string;
  let identity: Identity;
  let client: Identity;
  let listener: NativeListener;
  let crowded: string[];
  let carriers: Carrier[];
  let answers: Promise<unknown>[];
  let peers: Peer[];
  let refusal: (peer: Peer) => HttpRefusal | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    identity = await loadIdentity(folder);
    client = await loadIdentity(join(folder, 'client'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    crowded = [];
    carriers = [];
    answers = [];
    peers = [];
    refusal = () => undefined;
    listener = await listenNative({
      address: '127.0.0.1',
      tcpPort: 0,
      identity,
      limits,
      refusal: (peer) => refusal(peer),
      hasName: (name) => name === 'serialmachine',
      onCrowded: (address) => void crowded.push(address),
      onSlowed: () => undefined,
      onCarrier: (carrier, peer) => {
        carriers.push(carrier);
        peers.push(peer);
      },
      onRequest: (request, response, peer) => {
        peers.push(peer);
        answers.push(once(response, 'close'));
        response.end(request.url === '/large' ? large : 'served');
      },
    });
  });
  afterEach(() => listener.close());

  const upgrade = (protocol: string, headers: Record<string, string> = {}, path = '/v1/native') =>
    ask({ path, headers: { ...upgradeHeaders(protocol), ...headers } });
  const ask = async (options: RequestOptions): Promise<{ status: number; headers: object; body: string }> => {
    const asking = request({ host: '127.0.0.1', port: listener.tcpPort, ...insecure, ...options });
    asking.end();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.on('response', resolve);
      asking.on('upgrade', (upgraded, socket) => {
        socket.destroy();
        resolve(upgraded);
      });
      asking.on('error', reject);
    });
    const { statusCode: status = 0, headers } = response;
    if (status === 101) return { status, headers, body: '' };
    let body = '';
    for await (const text of response.setEncoding('utf8')) body += text;
    return { status, headers, body };
  };
  const connectFrom = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: listener.tcpPort, localAddress });
    socket.on('error', () => socket.destroy());
    socket.resume();
    await once(socket, 'connect');
    return socket;
  };

  it('serves requests and upgrades that are sent to one of its names', async () => {
    expect(await ask({ headers: { Host: 'SerialMachine:1' } })).toMatchObject({ status: 200, body: 'served' });
    expect(await upgrade('sercli')).toMatchObject({ status: 101 });
    expect(await upgrade('websocket')).toMatchObject({ status: 101 });
    expect(carriers).toHaveLength(2);
  });

  it.each([
    ['name that is not its own', { Host: 'attacker.example' }, 421, 'host-name-refused'],
    ['page of another site', { Origin: 'https://attacker.example' }, 403, 'origin-refused'],
  ])('refuses what comes from a %s, whatever it asks for', async (_what, headers, status, code) => {
    for (const answer of [
      await ask({ headers }),
      await upgrade('sercli', headers),
      await upgrade('websocket', headers),
    ]) {
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code, message: expect.any(String) } });
      expect(answer.headers).toMatchObject(lowerCase(securityHeaders));
    }
    expect(carriers).toEqual([]);
  });

  it('knows who came by the certificate that was shown, and by nothing else', async () => {
    await ask({});
    await ask({ ...client });
    await upgrade('sercli');
    expect((await ask({ path: '/v1/native', headers: upgradeHeaders('sercli'), ...client })).status).toBe(101);
    expect((await ask({ path: '/v1/native', headers: upgradeHeaders('websocket'), ...client })).status).toBe(101);
    const fingerprint = fullFingerprintOf(client.cert);
    const known = [undefined, fingerprint, undefined, fingerprint, fingerprint];
    expect(peers.map((peer) => peer.fingerprint)).toEqual(known);
    for (const peer of peers) expect(peer).toMatchObject({ isLocal: false, ipAddress: '127.0.0.1' });
  });

  it('upgrades nothing for whom the owner refuses', async () => {
    refusal = ({ fingerprint }) => (fingerprint ? undefined : { status: 401, error: { code: 'x', message: 'y' } });
    for (const protocol of ['sercli', 'websocket']) {
      const refused = await upgrade(protocol);
      expect([refused.status, JSON.parse(refused.body)]).toEqual([401, { error: { code: 'x', message: 'y' } }]);
      expect((await ask({ path: '/v1/native', headers: upgradeHeaders(protocol), ...client })).status).toBe(101);
    }
    expect(carriers).toHaveLength(2);
  });

  it('resumes no TLS session, with which a client would show the identity of another time', async () => {
    const sessions: Buffer[] = [];
    const first = connectTls({ host: '127.0.0.1', port: listener.tcpPort, rejectUnauthorized: false, ...client });
    first.on('session', (session) => sessions.push(session)).on('error', () => first.destroy());
    first.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    first.resume();
    await once(first, 'close');
    for (const session of sessions) {
      const reused = { session, ...identity };
      expect(await ask(reused).catch(() => ({ status: 0 }))).toMatchObject({ status: expect.any(Number) });
    }
    const [mine, ...others] = peers.map((peer) => peer.fingerprint);
    expect(mine).toBe(fullFingerprintOf(client.cert));
    for (const other of others) expect(other).toBe(fullFingerprintOf(identity.cert));
  });

  it.each([
    ['another path', () => upgrade('sercli', {}, '/v1/ports'), 404],
    ['another protocol', () => upgrade('h2c'), 400],
    ['a faulty WebSocket', () => upgrade('websocket', { 'Sec-WebSocket-Key': 'x' }), 400],
    ['too long a head', () => ask({ headers: { A: 'a'.repeat(limits.headerBytes) } }), 431],
    ['too many fields', () => ask({ headers: numbered(limits.headerFields) }), 431],
  ])('refuses %s', async (_what, asking, status) => {
    const answer = await asking();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: expect.any(String) } });
    expect(answer.headers).toMatchObject(lowerCase(securityHeaders));
  });

  it('says on every answer that it is no page', async () => {
    const { headers } = await ask({});
    expect(headers).toMatchObject(lowerCase(securityHeaders));
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('cuts off an address with too many connections, and serves others', async () => {
    const silent = [await connectFrom('127.0.0.2'), await connectFrom('127.0.0.2')];
    await once(await connectFrom('127.0.0.2'), 'close');
    expect(crowded).toEqual(['127.0.0.2']);
    expect((await ask({})).status).toBe(200);
    for (const socket of silent) socket.destroy();
  });

  it('cuts off everybody above the limit in all', async () => {
    const addresses = ['127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3'];
    const silent = await Promise.all(addresses.map(connectFrom));
    await once(await connectFrom('127.0.0.4'), 'close');
    expect(crowded).toEqual(['127.0.0.4']);
    for (const socket of silent) socket.destroy();
  });

  it('waits neither for a handshake, nor for a request, nor for the next one', async () => {
    await once(await connectFrom('127.0.0.1'), 'close');
    const silent = await handshake(listener.tcpPort);
    await once(silent, 'close');
    const idle = await handshake(listener.tcpPort);
    idle.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'close');
  });

  it('does not keep an answer that nobody reads; what is upgraded may be quiet for longer', async () => {
    const upgraded = await handshake(listener.tcpPort);
    upgraded.write('GET /v1/native HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: sercli\r\n\r\n');
    await once(upgraded, 'data');
    const reader = await handshake(listener.tcpPort);
    reader.pause();
    reader.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => answers).toHaveLength(1);
    await Promise.all(answers);
    carriers[0]?.send(Buffer.from('still there'));
    expect(String((await once(upgraded, 'data'))[0])).toBe('still there');
    reader.destroy();
    upgraded.destroy();
  });
});

const insecure = { agent: false, rejectUnauthorized: false } as const;
const upgradeHeaders = (protocol: string) => ({ Connection: 'Upgrade', Upgrade: protocol, ...webSocketHeaders });
const webSocketHeaders = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' };

async function handshake(port: number): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.on('error', () => socket.destroy());
  await once(socket, 'secureConnect');
  socket.resume();
  return socket;
}

function lowerCase(headers: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, number) => [`X-${number}`, '']));
}
