import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, parsePortSpec } from '@sercli/agent';
import { controlSocketPath, dial, fullFingerprintOf, type Identity, loadIdentity, mayUse } from '@sercli/link';
import { type OperationName, operationTable, type PortRequest, type Rank } from '@sercli/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import accessPage from '../apps/docs/reference/access.data.ts';
import { MessageClient } from './support/message-client.ts';
import { PtyDevice } from './support/pty-device.ts';

/** How the native protocol is carried. */
const carriers = ['stream', 'websocket'] as const;

/** What the documentation prints. */
const documented = accessPage.load();

function documentedAnswer(operation: OperationName, rank: Rank): string | undefined {
  const row = documented.rows.find((candidate) => candidate.operation === operation);
  return row?.answers[documented.ranks.indexOf(rank)];
}

/** Somebody whom the owner authorises and removes. */
const fingerprint = `${'Z'.repeat(51)}A`;
const bodies: Partial<Record<OperationName, object>> = {
  admission: { name: 'test', role: 'control', waits: false },
  'authorize-client': { role: 'monitor', ports: ['*'] },
};

describe('what an agent allows is what the documentation says', () => {
  let folder: string;
  let agent: Agent;
  let device: PtyDevice;
  let identities: Partial<Record<Rank, Identity>>;
  const clients: MessageClient[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-access-'));
    device = new PtyDevice();
    agent = await Agent.start({
      name: 'SerialMachine',
      ports: [
        parsePortSpec(`dut=${device.path},9600`),
        parsePortSpec('taken=sim:echo'),
        parsePortSpec('other=sim:echo'),
      ],
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: join(folder, 'agent'),
      controlDirectory: join(folder, 'run'),
    });
    const load = (name: string): Promise<Identity> => loadIdentity(join(folder, name));
    identities = { stranger: await load('stranger'), monitor: await load('monitor'), control: await load('control') };
    for (const role of ['monitor', 'control'] as const) {
      const { cert } = await load(role);
      await agent.clients.authorize(fullFingerprintOf(cert), { role, ports: ['dut', 'taken'] });
    }
    const holder = await connect('owner');
    expect(await holder.open({ port: 'taken', role: 'control' })).toBeUndefined();
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await agent.close();
    device.close();
    await rm(folder, { recursive: true });
  });

  const socketPath = (): string => controlSocketPath(join(folder, 'run'), 'SerialMachine');
  const placeOf = (rank: Rank, carrier: (typeof carriers)[number] = 'stream') => ({
    host: '127.0.0.1',
    tcpPort: agent.tcpPort,
    carrier,
    ...(rank === 'owner' ? { socketPath: socketPath() } : {}),
  });
  /** Asks as `rank`; resolves to the status and to the code of the error, if there is one. */
  const ask = async (rank: Rank, http = '', body: object | undefined, headers = {}) => {
    const [method, path = ''] = http.split(' ');
    const tls = { host: '127.0.0.1', port: agent.tcpPort, rejectUnauthorized: false, ...identities[rank] };
    const asked: RequestOptions = { method, path: path.replace('FINGERPRINT', fingerprint), agent: false, headers };
    const asking =
      rank === 'owner' ? httpRequest({ ...asked, socketPath: socketPath() }) : httpsRequest({ ...asked, ...tls });
    asking.end(body && JSON.stringify(body));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      asking.on('response', resolve).on('error', reject);
      asking.on('upgrade', (upgraded, socket) => {
        socket.destroy();
        resolve(upgraded);
      });
    });
    const text = response.statusCode === 101 ? '' : await firstLine(response);
    const code = text.startsWith('{"error"') ? (JSON.parse(text) as { error: { code: string } }).error.code : undefined;
    return { status: response.statusCode ?? 0, code };
  };
  const connect = (rank: Rank, carrier: (typeof carriers)[number] = 'stream'): Promise<MessageClient> =>
    connectTo(placeOf(rank, carrier), identities[rank]);
  const connectTo = async (place: ReturnType<typeof placeOf>, identity: Identity | undefined) => {
    const keys = {
      identity: () => (identity ? Promise.resolve(identity) : Promise.reject(new Error('no certificate'))),
      verify: async () => undefined,
    };
    const client = new MessageClient(await dial(place, keys));
    clients.push(client);
    return client;
  };

  const overHttp = documented.rows.filter(({ transports }) => transports.includes('HTTP'));
  const asked = overHttp.flatMap(({ operation, http, answers }) =>
    documented.ranks.map((rank, index) => ({ operation, http, rank, answer: answers[index] })),
  );
  it.each(asked)('HTTP: $operation for $rank: $answer', async ({ operation, http, rank, answer }) => {
    const { status, code } = await ask(rank, http, bodies[operation]);
    if (answer === 'allowed') {
      expect([undefined, 'client-not-found']).toContain(code);
      expect([200, 404]).toContain(status);
    } else expect([status, code]).toEqual([answer === 'certificate-missing' ? 401 : 403, answer]);
  });

  const upgrades = ['sercli', 'websocket'].flatMap((protocol) =>
    documented.ranks.map((rank) => ({ protocol, rank, answer: documentedAnswer('connect', rank) })),
  );
  it.each(upgrades)('upgrade to $protocol for $rank: $answer', async ({ protocol, rank, answer }) => {
    const webSocket = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' };
    const headers = { Connection: 'Upgrade', Upgrade: protocol, ...webSocket };
    const { status, code } = await ask(rank, operationTable.connect.http, undefined, headers);
    if (answer === 'allowed') expect(status).toBe(101);
    else expect([status, code]).toEqual([answer === 'certificate-missing' ? 401 : 403, answer]);
  });

  const sessions = {
    'monitor-port': { port: 'dut', role: 'monitor' },
    'control-port': { port: 'dut', role: 'control' },
    'take-port': { port: 'taken', role: 'control', takes: true },
  } as const;
  const native = (['monitor', 'control', 'owner'] as const).flatMap((rank) =>
    (rank === 'owner' ? (['stream'] as const) : carriers).flatMap((carrier) =>
      (Object.keys(sessions) as (keyof typeof sessions)[]).map((name) => ({ name, rank, carrier })),
    ),
  );
  it.each(native)('native $carrier: $name for $rank', async ({ name, rank, carrier }) => {
    const client = await connect(rank, carrier);
    const code = await client.open(sessions[name]);
    expect(code ?? 'allowed').toBe(documentedAnswer(name, rank));
    // A session that was refused is closed already: nobody would answer.
    if (code === undefined) {
      client.say({ type: 'close' });
      await client.next('close');
    }
    client.close();
  });

  it.each(carriers)('lets a client use no ports but its own, and tells it of no others (%s)', async (carrier) => {
    for (const rank of ['monitor', 'control'] as const) {
      for (const port of ['other', 'none']) {
        const client = await connect(rank, carrier);
        expect(await client.open({ port, role: 'monitor' })).toBe('port-refused');
        client.close();
      }
    }
    const { ports } = await agent.portList((port) => mayUse({ ports: ['dut', 'taken'] }, port));
    expect(ports.map(({ name }) => name)).toEqual(['dut', 'taken']);
  });

  it.each(carriers)('cuts off a client that is removed, in a session and without one (%s)', async (carrier) => {
    const identity = await loadIdentity(join(folder, `removed-${carrier}`));
    const own = fullFingerprintOf(identity.cert);
    await agent.clients.authorize(own, { role: 'control', ports: ['other'] });
    const [inSession, idle, staying] = await Promise.all([
      connectTo(placeOf('control', carrier), identity),
      connectTo(placeOf('control', carrier), identity),
      connect('control', carrier),
    ]);
    expect(await inSession.open({ port: 'other', role: 'control' })).toBeUndefined();
    expect(await staying.open({ port: 'dut', role: 'monitor' })).toBeUndefined();
    await agent.clients.remove(own);
    for (const removed of [inSession, idle]) {
      expect((await removed.next('close')).error?.code).toBe('not-authorized');
    }
    await Promise.all([inSession.ended, idle.ended]);
    expect(agent.sessionList().sessions.map(({ port }) => port)).toEqual(['taken', 'dut']);
    staying.say({ type: 'close' });
    await staying.next('close');
  });

  it.each(carriers)('lets a monitor change nothing, by any message (%s)', async (carrier) => {
    const monitor = await connect('monitor', carrier);
    const before = device.settings;
    expect(
      await monitor.open({ port: 'dut', role: 'monitor', takes: true, settings: { baudRate: 4800 } }),
    ).toBeUndefined();
    const requests: PortRequest[] = [
      { kind: 'configure', change: { baudRate: 1200 } },
      { kind: 'run-sequence', steps: [{ break: true, waitMs: 1 }, { break: false }] },
      { kind: 'drain' },
      { kind: 'flush', queue: 'unsent' },
      { kind: 'flush', queue: 'both' },
    ];
    monitor.write(0, 'by the monitor');
    for (const [index, request] of requests.entries()) {
      monitor.say({ type: 'request', sequence: index + 1, offset: 14, request });
      expect((await monitor.next('done')).error?.code, request.kind).toBe('not-controller');
    }
    const controller = await connect('control', carrier);
    expect(await controller.open({ port: 'dut', role: 'control' })).toBeUndefined();
    controller.write(0, 'by the controller');
    expect(String(await device.receive('by the controller'.length))).toBe('by the controller');
    expect(device.settings).toEqual(before);
    for (const client of [monitor, controller]) {
      client.say({ type: 'close' });
      await client.next('close');
    }
  });
});

/** A watch goes on for ever; its first line says enough. */
async function firstLine(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text;
}
