import { defaultLineSettings, SercliError } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { anna, bob, PortBench, type request } from './testing/port-bench.ts';

describe('ServedPort', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  it('opens the device with the first session, as configured, and closes it after the last', async () => {
    const bench = new PortBench(clock);
    expect(bench.port.list()).toMatchObject({ state: 'idle', settings: { ...defaultLineSettings, baudRate: 9600 } });
    const { link } = await bench.open({ settings: { parity: 'even' } });
    expect(bench.devices).toHaveLength(1);
    expect(link.settings).toMatchObject({ baudRate: 9600, parity: 'even' });
    expect(bench.port.list()).toMatchObject({ state: 'open', controller: anna });
    await link.close();
    await clock.advance(0);
    expect(bench.device.isClosing).toBe(true);
    expect(bench.port.list().controller).toBeUndefined();
  });

  it('refuses a second controller and says who has the port, also while the device is being opened', async () => {
    const bench = new PortBench(clock);
    const first = bench.open();
    await expect(bench.open({ holder: bob })).rejects.toMatchObject({
      code: 'port-busy',
      fields: { holder: 'anna@laptop (10.0.0.2:1234)', host: 'SerialMachine', port: 'ttyS0' },
    });
    await (await first).link.close();
    await clock.advance(0);
    await expect(bench.open()).resolves.toBeDefined();
  });

  it('opens the device again only when it has been closed', async () => {
    const bench = new PortBench(clock);
    bench.isSlowToClose = true;
    await (await bench.open()).link.close();
    await clock.advance(0);
    const again = bench.open();
    await clock.advance(0);
    expect(bench.devices).toHaveLength(1);
    bench.device.finishClosing();
    await again;
    expect(bench.devices).toHaveLength(2);
  });

  it('keeps the device open for lingerMs, and what it says meanwhile is not told to the next session', async () => {
    const bench = new PortBench(clock, { lingerMs: 1000 });
    await (await bench.open()).link.close();
    await clock.advance(900);
    bench.device.send('to nobody');
    const session = await bench.open();
    bench.device.send('to the session');
    expect(session.text()).toBe('to the session');
    await session.link.close();
    await clock.advance(1100);
    expect(bench.devices).toHaveLength(1);
    expect(bench.device.isClosing).toBe(true);
  });

  it('opens a device that is kept open at the start and never closes it', async () => {
    const bench = new PortBench(clock, { keepOpen: true });
    await bench.port.start();
    expect(bench.devices).toHaveLength(1);
    await (await bench.open()).link.close();
    await clock.advance(10_000);
    expect(bench.device.isClosing).toBe(false);
    expect(bench.port.list().state).toBe('open');
  });

  it('goes on without a device that cannot be opened at the start, and tries again when asked', async () => {
    const bench = new PortBench(clock, { keepOpen: true });
    bench.failure = new SercliError('device-busy', { device: '/dev/ttyS0', holder: 'minicom' });
    await bench.port.start();
    expect(bench.port.list().state).toBe('idle');
    bench.failure = undefined;
    await bench.port.start();
    expect(bench.port.list().state).toBe('open');
  });

  it('gives what the device says right after it was opened to those it was opened for', async () => {
    const bench = new PortBench(clock);
    bench.greeting = 'boot: hello';
    const [control, monitor] = await Promise.all([bench.open(), bench.open({ holder: bob, role: 'monitor' })]);
    expect(control.text()).toBe('boot: hello');
    expect(monitor.text()).toBe('boot: hello');
    expect((await bench.open({ holder: bob, role: 'monitor' })).text()).toBe('');
  });

  it('keeps one log from one opening to the next, with a gap of unknown size between them', async () => {
    const bench = new PortBench(clock);
    const first = await bench.open();
    bench.device.send('before');
    const { epoch } = bench.port;
    expect(epoch).toMatch(/^[A-Z2-7]{8}$/);
    await first.link.close();
    await clock.advance(0);
    const second = await bench.open();
    expect(second.link.readOffset).toBe(6);
    bench.device.send('after');
    expect(second.text()).toBe('after');
    expect(second.events).toEqual([]);
    const replay = await bench.open({ role: 'monitor', start: { kind: 'all' } });
    expect(replay.link.readOffset).toBe(0);
    expect(replay.text()).toBe('beforeafter');
    expect(replay.events).toEqual([{ kind: 'gap', offset: 6, bytes: undefined }]);
    expect(bench.port.epoch).toBe(epoch);
  });

  it('begins where a session wants to', async () => {
    const bench = new PortBench(clock, { logBytes: 10, keepOpen: true }, { pushesBack: () => false });
    await bench.port.start();
    bench.device.send('0123456789');
    await clock.advance(60_000);
    bench.device.send('abcde');
    const open = async (start: Parameters<typeof request>[0]) => {
      const session = await bench.open({ role: 'monitor', ...start });
      return [session.text(), ...session.events.map((event) => ('bytes' in event ? event.bytes : event.kind))];
    };
    const { epoch } = bench.port;
    expect(await open({ start: { kind: 'now' } })).toEqual(['']);
    expect(await open({ start: { kind: 'all' } })).toEqual(['56789abcde']);
    expect(await open({ start: { kind: 'last', bytes: 7 } })).toEqual(['89abcde']);
    expect(await open({ start: { kind: 'last', bytes: 70 } })).toEqual(['56789abcde']);
    expect(await open({ start: { kind: 'since', ms: 1000 } })).toEqual(['abcde']);
    expect(await open({ start: { kind: 'since', ms: 100_000 } })).toEqual(['56789abcde']);
    expect(await open({ start: { kind: 'offset', offset: 12, epoch } })).toEqual(['cde']);
    expect(await open({ start: { kind: 'offset', offset: 2 } })).toEqual(['56789abcde', 3]);
    expect(await open({ start: { kind: 'offset', offset: 12, epoch: 'ANOTHER2' } })).toEqual(['', undefined]);
    expect(await open({ start: { kind: 'offset', offset: 16 } })).toEqual(['', undefined]);
  });

  it('is free again when the device could not be opened', async () => {
    const bench = new PortBench(clock);
    bench.failure = new SercliError('device-not-found', { device: '/dev/ttyS0', reason: 'gone' });
    await expect(bench.open()).rejects.toBe(bench.failure);
    expect(bench.port.list().controller).toBeUndefined();
    bench.failure = undefined;
    await expect(bench.open()).resolves.toBeDefined();
  });

  it('does not serve what is only listed', async () => {
    const absence = { kind: 'unavailable', reason: 'the kernel console is on it' } as const;
    const bench = new PortBench(clock, {}, { absence });
    expect(bench.port.list()).toMatchObject({ state: 'unavailable', reason: 'the kernel console is on it' });
    await expect(bench.open()).rejects.toMatchObject({ code: 'port-unavailable' });
  });

  it('keeps fixed settings, whatever a session asks for', async () => {
    const { link } = await new PortBench(clock, {}, { isFixed: true }).open({ settings: { baudRate: 300 } });
    expect(link.settings.baudRate).toBe(9600);
    await expect(link.configure({ baudRate: 300 })).rejects.toMatchObject({ code: 'settings-fixed' });
  });

  it('says of a device that is gone that it is lost', async () => {
    const bench = new PortBench(clock, {}, { absence: { kind: 'lost', reason: 'it was unplugged' } });
    expect(bench.port.list()).toMatchObject({ state: 'lost', reason: 'it was unplugged' });
    await expect(bench.open()).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('counts what happens', async () => {
    const bench = new PortBench(clock);
    const session = await bench.open();
    const { link } = session;
    bench.device.send('12345');
    bench.device.lineCounts = { breaks: 1, overruns: 0, parityErrors: 1, framingErrors: 0 };
    session.text();
    session.write('abc');
    expect(bench.port.totals).toEqual({
      receivedBytes: 5,
      sentBytes: 3,
      gaps: 0,
      gapBytes: 0,
      breaks: 1,
      overruns: 0,
      parityErrors: 1,
      framingErrors: 0,
      deviceLosses: 0,
      logBytes: 5,
    });
    const counters = { receivedBytes: 5, sentBytes: 3, breaks: 1, parityErrors: 1, framingErrors: 0, overruns: 0 };
    expect(bench.port.list().counters).toEqual(counters);
    expect(link.status).toMatchObject({ holder: anna, role: 'control', readBytes: 5, writtenBytes: 3, lagBytes: 0 });
    expect(bench.port.sessions).toEqual([link]);
    await link.close();
    await clock.advance(1);
    await bench.open();
    expect(bench.port.totals.breaks).toBe(1);
    bench.device.lineCounts = { ...bench.device.lineCounts, breaks: 2 };
    expect(bench.port.totals.breaks).toBe(3);
  });

  it('ends its sessions when the agent ends, those that are being opened too', async () => {
    const bench = new PortBench(clock);
    const { link } = await bench.open();
    const opening = bench.open({ role: 'monitor' });
    await bench.port.close();
    await expect(opening).rejects.toMatchObject({ code: 'session-ended' });
    expect(await link.closed).toMatchObject({ code: 'session-ended' });
    expect(link.write(Buffer.from('late'))).toBe(0);
  });
});
