import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { defaultAgentLimits } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepterOf, type PlacedAccepter, placedAccepters } from './accepter-config.ts';
import { ConnectionGate } from './connection-gate.ts';
import { AccepterBench, TcpClient } from './testing/accepter-bench.ts';

async function freePlace(): Promise<{ host: string; tcpPort: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no TCP port');
  return { host: '127.0.0.1', tcpPort: address.port };
}

describe('the accepters of an agent', () => {
  let bench: AccepterBench;
  beforeEach(() => {
    bench = new AccepterBench(new VirtualClock());
  });
  afterEach(() => bench.close());

  const raw = (listen: { host: string; tcpPort: number }, said = {}): PlacedAccepter => ({
    ports: ['ttyS0'],
    config: accepterOf(listen, { protocol: 'raw', ...said }),
  });

  it('keep their clients as long as they stay the same', async () => {
    const [one, other] = [await freePlace(), await freePlace()];
    await bench.place(raw(one, { onBusy: 'share' }), raw(other, { onBusy: 'share' }));
    const [kept, changed] = [await TcpClient.connect(one.tcpPort), await TcpClient.connect(other.tcpPort)];
    await expect.poll(() => bench.sessions.list().length).toBe(2);
    await bench.place(raw(other, { onBusy: 'share', maxSessions: 1 }), raw(one, { onBusy: 'share' }));
    await changed.closed;
    bench.port.device.send('still here');
    await kept.has('still here');
    const again = await TcpClient.connect(other.tcpPort);
    await expect.poll(() => bench.sessions.list().length).toBe(2);
    await bench.place(raw(one, { onBusy: 'share' }));
    await again.closed;
    await expect(TcpClient.connect(other.tcpPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(kept.socket.destroyed).toBe(false);
    await bench.place({ ...raw(one, { onBusy: 'share' }), config: { ...raw(one).config, enabled: false } });
    await kept.closed;
    expect(bench.set.listed('ttyS0')).toEqual([]);
  });

  it('stay as they were where one of the new ones cannot listen', async () => {
    const [one, free] = [await freePlace(), await freePlace()];
    await bench.place(raw(one));
    const client = await TcpClient.connect(one.tcpPort);
    await expect.poll(() => bench.sessions.list().length).toBe(1);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await expect(bench.place(raw(free), raw({ host: '127.0.0.1', tcpPort: port }))).rejects.toMatchObject({
      code: 'listen-busy',
      message: expect.stringContaining('choose another port with --tcp'),
    });
    await expect(TcpClient.connect(free.tcpPort)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(bench.place(raw({ host: '192.0.2.1', tcpPort: 0 }))).rejects.toMatchObject({ code: 'listen-failed' });
    await expect(bench.place(raw(free), raw(free, { maxSessions: 2 }))).rejects.toMatchObject({ code: 'usage' });
    bench.port.device.send('still here');
    await client.has('still here');
    taken.close();
  });

  it('serve those who connected while they were being prepared', async () => {
    const place = await freePlace();
    const prepared = await bench.set.prepare([raw(place)]);
    const client = await TcpClient.connect(place.tcpPort);
    client.send('early');
    prepared.commit();
    await expect.poll(() => bench.port.devices[0]?.written.join('')).toBe('early');
  });

  it('say aloud that they ask nobody, unless only this machine or some addresses reach them', async () => {
    await bench.place(
      raw({ host: '127.0.0.1', tcpPort: 0 }),
      raw({ host: '::', tcpPort: 0 }, { allow: ['10.0.0.0/8'] }),
      raw({ host: '::', tcpPort: 0 }),
    );
    expect(bench.log.map((text) => text.includes('without being asked'))).toEqual([false, false, true]);
  });

  it('are for ports that there are, or may be one day', () => {
    const named = [{ spec: { name: 'plc' }, accepters: [accepterOf({ host: '::', tcpPort: 1 })] }];
    const other = { ports: ['ttyS0'], config: accepterOf({ host: '::', tcpPort: 2 }) };
    expect(placedAccepters(named, [other], true).map(({ ports }) => ports)).toEqual([['plc'], ['ttyS0']]);
    expect(() => placedAccepters(named, [other], false)).toThrow(/is for ttyS0, which is not served; name one of plc/);
  });

  it('have room for so many connections, and so many of one address', () => {
    const gate = new ConnectionGate({
      ...defaultAgentLimits,
      accepterConnections: 3,
      accepterConnectionsPerAddress: 2,
    });
    const closers: (() => void)[] = [];
    const from = (remoteAddress: string): boolean =>
      gate.enter({ remoteAddress, once: (_: string, closed: () => void) => closers.push(closed) } as unknown as Socket);
    expect([from('10.0.0.1'), from('::ffff:10.0.0.1'), from('10.0.0.1')]).toEqual([true, true, false]);
    expect([from('10.0.0.2'), from('10.0.0.3')]).toEqual([true, false]);
    closers[0]?.();
    expect([gate.size, from('10.0.0.1'), from('10.0.0.1')]).toEqual([2, true, false]);
  });
});
