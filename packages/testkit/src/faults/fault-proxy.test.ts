import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CounterSink } from './counter-sink.ts';
import { CounterStream } from './counter-stream.ts';
import { FaultProxy } from './fault-proxy.ts';
import { type NetworkFault, randomCuts, randomFaults } from './network-faults.ts';

const stream = new CounterStream();
const timeoutMs = 5000;

describe('a proxy with faults', () => {
  let server: Server;
  let proxy: FaultProxy;
  /** The other end of each connection, in order. */
  let accepted: Socket[];
  const clients: Socket[] = [];

  beforeEach(async () => {
    accepted = [];
    server = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      socket.on('error', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    proxy = await FaultProxy.start(address.port);
  });
  afterEach(async () => {
    for (const socket of [...clients.splice(0), ...accepted]) socket.destroy();
    await proxy.close();
    server.close();
  });

  it('without a fault passes everything on, and the end of each side by itself', async () => {
    const [client, agent] = await connectThrough();
    const sink = collect(agent);
    client.end(stream.bytes(0, 1_000_000));
    await sink.reached(1_000_000, timeoutMs);
    if (!agent.readableEnded) await once(agent, 'end');
    agent.end('goodbye');
    expect(String(await once(client, 'data'))).toBe('goodbye');
    await once(client, 'end');
  });

  it('cuts with a reset', async () => {
    const [client, agent] = await connectThrough();
    const errors = [client, agent].map((socket) => once(socket.resume(), 'error'));
    proxy.cut('reset');
    for (const [error] of await Promise.all(errors)) expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(proxy.openConnections).toBe(0);
  });

  it('cuts in order', async () => {
    const ends = (await connectThrough()).map((socket) => once(socket.resume(), 'end'));
    proxy.cut('end');
    await Promise.all(ends);
  });

  it.each(['end', 'reset'] as const)('cuts after so many bytes (%s)', async (how) => {
    const [client, agent] = await connectThrough();
    const sink = collect(agent);
    const closed = new Promise((resolve) => agent.once('close', resolve));
    agent.once('end', () => agent.destroy());
    proxy.cutAfter(1234, how);
    client.write(stream.bytes(0, 5000));
    await closed;
    expect(sink.report()).toMatchObject({ receivedBytes: 1234, lost: [], foreign: [] });
  });

  it('stalls without a loss', async () => {
    const [client, agent] = await connectThrough();
    const sink = collect(agent);
    client.write(stream.bytes(0, 100));
    await sink.reached(100, timeoutMs);
    proxy.stall();
    client.write(stream.bytes(100, 500));
    // What is stalled could come at once: the answer to a later connection shows that it had its time.
    const [other] = await connectThrough();
    other.destroy();
    await once(other, 'close');
    expect(sink.position).toBe(100);
    proxy.resume();
    await sink.reached(600, timeoutMs);
  });

  it('delays', async () => {
    const [client, agent] = await connectThrough();
    const sink = collect(agent);
    proxy.delay(80);
    const start = performance.now();
    client.write(stream.bytes(0, 100));
    await sink.reached(100, timeoutMs);
    expect(performance.now() - start).toBeGreaterThanOrEqual(79);
  });

  it('splits into single bytes', async () => {
    const [client, agent] = await connectThrough();
    const chunks: number[] = [];
    agent.on('data', (chunk: Buffer) => chunks.push(chunk.length));
    const sink = collect(agent);
    proxy.split(true);
    client.write(stream.bytes(0, 1000));
    await sink.reached(1000, timeoutMs);
    // Some come together where the receiver is slower than the sender.
    expect(chunks.length).toBeGreaterThan(100);
    expect(sink.report(1000).lost).toEqual([]);
  });

  it('refuses new connections, and keeps those that are there', async () => {
    const [client, agent] = await connectThrough();
    const sink = collect(agent);
    proxy.refuse();
    const [error] = await once(connect(proxy.tcpPort, '127.0.0.1'), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    client.write(stream.bytes(0, 100));
    await sink.reached(100, timeoutMs);
    await proxy.accept();
    await connectThrough();
    expect(proxy.acceptedConnections).toBe(2);
  });

  it('lets no byte of an outage through, and accepts afterwards', async () => {
    await connectThrough();
    await proxy.inflict({ kind: 'outage', how: 'reset', ms: 20 });
    expect(proxy.openConnections).toBe(0);
    await connectThrough();
  });

  it('repeats its random faults', () => {
    expect(firstOf(randomFaults(3))).toEqual(firstOf(randomFaults(3)));
    expect(firstOf(randomFaults(3))).not.toEqual(firstOf(randomFaults(4)));
    const kinds = (faults: NetworkFault[]): unknown => [...new Set(faults.map(({ kind }) => kind))].sort();
    expect(kinds(firstOf(randomFaults(3)))).toEqual(['cut', 'cut-after', 'delay', 'outage', 'split', 'stall']);
    expect(kinds(firstOf(randomCuts(3)))).toEqual(['cut', 'cut-after', 'outage']);
  });

  async function connectThrough(): Promise<[Socket, Socket]> {
    const client = connect({ port: proxy.tcpPort, host: '127.0.0.1', allowHalfOpen: true });
    clients.push(client);
    client.on('error', () => client.destroy());
    const [[agent]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);
    return [client, agent as Socket];
  }

  function collect(socket: Socket): CounterSink {
    const sink = new CounterSink('the server', stream);
    socket.on('data', (bytes: Buffer) => sink.take(bytes));
    return sink;
  }
});

function firstOf(faults: Iterator<NetworkFault>): NetworkFault[] {
  return Array.from({ length: 200 }, () => faults.next().value as NetworkFault);
}
