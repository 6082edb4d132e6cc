import { SercliError } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { accepterOf } from './accepter-config.ts';
import { AccepterBench } from './testing/accepter-bench.ts';

const busy = 'Port already in use\r\n';

describe('an accepter', () => {
  let bench: AccepterBench;
  afterEach(() => bench.close());
  const start = async (...accepters: Parameters<AccepterBench['serve']>): Promise<AccepterBench> => {
    bench = new AccepterBench(new VirtualClock());
    await bench.serve(...accepters);
    return bench;
  };
  const written = (): string => bench.port.device.written.join('');
  const isWritten = (text: string) => expect.poll(written).toBe(text);
  const sessionsAre = (count: number) => expect.poll(() => bench.sessions.list().length).toBe(count);

  it('carries the bytes of a client and a device, and tells who is there', async () => {
    await start({ protocol: 'raw' });
    const client = await bench.connect();
    client.send('AT\xff\r');
    await isWritten(Buffer.from('AT\xff\r', 'latin1').toString());
    bench.port.device.send('OK');
    await client.has('OK');
    const [address] = bench.set.listed('ttyS0')[0]?.addresses ?? [];
    expect(bench.sessions.list()).toMatchObject([
      {
        port: 'ttyS0',
        role: 'control',
        client: { name: 'raw client', address: `127.0.0.1:${client.socket.localPort}` },
        accepter: { address, protocol: 'raw', refusedBytes: 0 },
        writtenBytes: 4,
        readBytes: 2,
      },
    ]);
    expect(bench.set.listed('ttyS0')).toMatchObject([{ protocol: 'raw', onBusy: 'refuse', clients: ['raw'] }]);
    client.end();
    await sessionsAre(0);
    expect(bench.set.listed('ttyS0')).toMatchObject([{ clients: [] }]);
  });

  it('says what it found out its client to speak', async () => {
    await start({});
    const client = await bench.connect();
    await sessionsAre(1);
    expect(bench.sessions.list()).toMatchObject([{ client: { name: 'TCP client' }, accepter: { protocol: 'auto' } }]);
    client.send('hello');
    await isWritten('hello');
    expect(bench.sessions.list()).toMatchObject([{ client: { name: 'raw client' }, accepter: { protocol: 'raw' } }]);
    expect(bench.set.listed('ttyS0')).toMatchObject([{ protocol: 'auto', clients: ['raw'] }]);
    expect(bench.log).toContain(`ttyS0: 127.0.0.1:${client.socket.localPort} speaks raw`);
  });

  it.each([
    ['raw', ''],
    ['auto', ''],
    ['telnet', '\xff\xfb\x03'],
    ['rfc2217', '\xff\xfb\x03'],
  ] as const)('refuses a second client in the words of ser2net: %s', async (protocol, negotiation) => {
    await start({ protocol });
    await bench.connect();
    await sessionsAre(1);
    const second = await bench.connect();
    second.send('never read');
    await second.closed;
    expect(second.text.startsWith(negotiation)).toBe(true);
    expect(second.text.endsWith(busy)).toBe(true);
    expect(second.text.length > busy.length).toBe(negotiation !== '');
    expect(bench.set.readings[0]?.refusals).toBe(1);
  });

  it('refuses where another accepter or a native session has control', async () => {
    await start({ protocol: 'raw' }, { protocol: 'raw' });
    await bench.port.open({ role: 'monitor' });
    const first = await bench.connect(0);
    await sessionsAre(1);
    const second = await bench.connect(1);
    await second.closed;
    expect(second.text).toBe(busy);
    first.end();
    await sessionsAre(0);
    await bench.port.open();
    const third = await bench.connect(1);
    await third.closed;
    expect(third.text).toBe(busy);
  });

  it('lets a client watch where the port is busy, and counts what it sends in vain', async () => {
    await start({ protocol: 'raw', onBusy: 'monitor' });
    const first = await bench.connect();
    await sessionsAre(1);
    const second = await bench.connect();
    await sessionsAre(2);
    second.send('in vain');
    await expect.poll(() => bench.sessions.list()[1]?.accepter?.refusedBytes).toBe(7);
    first.send('not');
    await isWritten('not');
    bench.port.device.send('for both');
    await Promise.all([first.has('for both'), second.has('for both')]);
    expect(bench.sessions.list().map(({ role }) => role)).toEqual(['control', 'monitor']);
  });

  it('lets clients share the port, up to as many as there may be', async () => {
    await start({ protocol: 'raw', onBusy: 'share', maxSessions: 2 });
    const native = await bench.port.open();
    const first = await bench.connect();
    const second = await bench.connect();
    await sessionsAre(2);
    const third = await bench.connect();
    await third.closed;
    expect(third.text).toBe(busy);
    first.send('1');
    await isWritten('1');
    second.send('2');
    await isWritten('12');
    native.write('3');
    expect(written()).toBe('123');
    expect(native.told('control').at(-1)).toMatchObject({
      hasControl: true,
      controller: { name: 'raw client', others: [{ name: 'raw client' }] },
    });
  });

  it('replaces a client by the next, whichever accepter it came by, without closing the device', async () => {
    await start({ protocol: 'raw', onBusy: 'replace' }, { protocol: 'raw' });
    const other = await bench.connect(1);
    await sessionsAre(1);
    const first = await bench.connect();
    await other.closed;
    const second = await bench.connect();
    await first.closed;
    second.send('mine');
    await isWritten('mine');
    expect(bench.port.devices).toHaveLength(1);
    expect(bench.port.device.isClosing).toBe(false);
  });

  it('takes control from a native session, which goes on watching', async () => {
    await start({ protocol: 'raw', onBusy: 'replace' });
    const native = await bench.port.open();
    const client = await bench.connect();
    await sessionsAre(1);
    expect(native.link.hasControl).toBe(false);
    bench.port.device.send('for both');
    await client.has('for both');
    expect(native.text()).toBe('for both');
    const taker = await bench.port.open({ whenBusy: 'take' });
    await client.closed;
    expect(taker.link.hasControl).toBe(true);
  });

  it('replaces the oldest of several when there are too many', async () => {
    await start({ protocol: 'raw', onBusy: 'replace', maxSessions: 2 });
    const first = await bench.connect();
    await sessionsAre(1);
    const second = await bench.connect();
    await sessionsAre(2);
    const third = await bench.connect();
    await first.closed;
    second.send('2');
    third.send('3');
    await expect.poll(() => [...written()].sort().join('')).toBe('23');
  });

  it('is closed to addresses that are not allowed', async () => {
    await start({ protocol: 'raw', allow: ['10.0.0.0/8'] }, { protocol: 'raw', allow: ['127.0.0.0/8'] });
    const stranger = await bench.connect(0);
    await stranger.closed;
    expect(stranger.text).toBe('Accessed denied due to your net address\r\n');
    expect(bench.port.devices).toHaveLength(0);
    await bench.connect(1);
    await sessionsAre(1);
  });

  it('says why a device cannot be opened', async () => {
    await start({ protocol: 'raw' });
    bench.port.failure = new SercliError('device-busy', { device: '/dev/ttyS0', holder: 'minicom' });
    const client = await bench.connect();
    await client.closed;
    expect(client.text).toMatch(/^Device open failure: \/dev\/ttyS0 is in use by minicom; .*\r\n$/);
  });

  it('disconnects a client after it has said and heard nothing for long enough', async () => {
    await start({ protocol: 'raw', idleMs: 50 });
    const client = await bench.connect();
    await client.closed;
    await sessionsAre(0);
    await expect.poll(() => bench.log).toContainEqual(expect.stringContaining('no byte came or went for 0.05 s'));
  });

  it('pulses DTR, sets the line and greets both sides before the first byte, and takes leave with the last client', async () => {
    const texts = { banner: 'welcome ', openText: '<on>', closeText: '<off>' };
    const settings = { baudRate: 1200 } as const;
    await start({ protocol: 'raw', onBusy: 'share', pulseDtrMs: 100, settings, ...texts });
    const first = await bench.connect();
    first.send('1');
    await isWritten('<on>1');
    expect(bench.port.device.settings.baudRate).toBe(1200);
    expect(bench.port.device.sequences).toEqual([[{ dtr: false, waitMs: 100 }, { dtr: true }]]);
    bench.port.device.send('data');
    await first.has('welcome data');
    const second = await bench.connect();
    second.send('2');
    await isWritten('<on>12');
    first.end();
    await sessionsAre(1);
    second.end();
    await sessionsAre(0);
    expect(written()).toBe('<on>12<off>');
  });

  it('stops nobody else when one of its clients stops', async () => {
    bench = new AccepterBench(new VirtualClock(), ['ttyS0'], { logBytes: 256 * 1024 });
    await bench.serve({ protocol: 'raw', onBusy: 'share' });
    const stopped = await bench.connect();
    stopped.socket.pause();
    await sessionsAre(1);
    const healthy = await bench.connect();
    await sessionsAre(2);
    const piece = '0123456789abcdef'.repeat(1024);
    let sent = '';
    // More than the kernel takes for a client that does not read, and the log keeps.
    while (bench.sessions.list().length === 2 && sent.length < 64 * 1024 ** 2) {
      bench.port.device.send(piece);
      sent += piece;
      await expect.poll(() => healthy.text.length, { interval: 1 }).toBe(sent.length);
    }
    expect(healthy.text === sent).toBe(true);
    expect(bench.sessions.list()).toMatchObject([{ client: { address: `127.0.0.1:${healthy.socket.localPort}` } }]);
  });

  it('gives each client the first of its ports that is free', async () => {
    bench = new AccepterBench(new VirtualClock(), ['ttyS0', 'ttyS1', 'ttyS2']);
    bench.ports.get('ttyS1')?.port.lose('it was unplugged');
    const config = accepterOf({ host: '127.0.0.1', tcpPort: 0 }, { protocol: 'raw', maxSessions: 16 });
    await bench.place({ ports: ['ttyS0', 'ttyS1', 'ttyS2'], config });
    await bench.connect();
    await sessionsAre(1);
    await bench.connect();
    await sessionsAre(2);
    expect(bench.sessions.list().map(({ port }) => port)).toEqual(['ttyS0', 'ttyS2']);
    const third = await bench.connect();
    await third.closed;
    expect(third.text).toBe(busy);
  });
});
