import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { isSameClient } from './port-control.ts';
import { anna, bob, PortBench } from './testing/port-bench.ts';

describe('who controls a port', () => {
  let bench: PortBench;
  beforeEach(() => {
    bench = new PortBench(new VirtualClock());
  });

  it('a monitor reads what the others read, and changes nothing', async () => {
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor', settings: { baudRate: 300 } });
    expect(bench.device.settings.baudRate).toBe(9600);
    expect(monitor.link.hasControl).toBe(false);
    bench.device.send('to both');
    expect(monitor.text()).toBe('to both');
    expect(control.text()).toBe('to both');
    expect(monitor.write('lost')).toBe(0);
    expect(bench.device.written).toEqual([]);
    const refusal = { code: 'not-controller', fields: { port: 'ttyS0', holder: 'anna@laptop (10.0.0.2:1234)' } };
    await expect(monitor.link.configure({ baudRate: 300 })).rejects.toMatchObject(refusal);
    await expect(monitor.link.runSequence([{ dtr: true }])).rejects.toMatchObject(refusal);
    await expect(monitor.link.drain()).rejects.toMatchObject(refusal);
    await expect(monitor.link.flush('unsent')).rejects.toMatchObject(refusal);
    await expect(monitor.link.flush('both')).rejects.toMatchObject(refusal);
  });

  it('whose session ends, or who loses control, leaves no sequence behind', async () => {
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    await monitor.link.close();
    expect(bench.device.ended).toEqual([]);
    const next = await bench.open({ holder: bob, whenBusy: 'take' });
    expect(bench.device.ended).toEqual(['control-taken']);
    await control.link.close();
    expect(bench.device.ended).toEqual(['control-taken']);
    next.link.setCut('the cable was pulled');
    expect(bench.device.ended).toEqual(['control-taken']);
    const { device } = bench;
    await bench.open({ holder: bob });
    expect(device.ended).toEqual(['control-taken', 'session-ended']);
    await bench.port.close();
    expect(device.ended).toEqual(['control-taken', 'session-ended', 'session-ended']);
  });

  it('a port has 64 sessions; one that is cut off makes room for the next', async () => {
    const monitors = [];
    for (let count = 0; count < 64; count += 1) monitors.push(await bench.open({ holder: bob, role: 'monitor' }));
    const refusal = { code: 'agent-full', fields: { count: 64, things: 'sessions of ttyS0' } };
    await expect(bench.open()).rejects.toMatchObject(refusal);
    monitors[3]?.link.setCut('the cable was pulled');
    const control = await bench.open();
    expect(control.link.hasControl).toBe(true);
    expect(await monitors[3]?.link.closed).toMatchObject({ code: 'session-ended' });
    await expect(bench.open({ holder: bob, whenBusy: 'take' })).rejects.toMatchObject(refusal);
    expect(control.link.hasControl).toBe(true);
  });

  it('a port has 64 sessions however many are opened at once, and as many again when those could not be', async () => {
    const openings = Array.from({ length: 200 }, () => bench.open({ holder: bob, role: 'monitor' }));
    const outcomes = await Promise.allSettled(openings);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refusals).toEqual(Array.from({ length: 136 }, () => 'agent-full'));
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.link.close();
    await bench.open({ holder: bob });
    for (let count = 0; count < 100; count += 1) {
      await expect(bench.open({ holder: anna })).rejects.toMatchObject({ code: 'port-busy' });
    }
    await bench.open({ holder: anna, role: 'monitor' });
  });

  it('a monitor may come first: the port is opened as it is configured, and controlled later', async () => {
    const monitor = await bench.open({ holder: bob, role: 'monitor', settings: { baudRate: 300 } });
    expect(bench.device.settings.baudRate).toBe(9600);
    expect(bench.port.controller).toBeUndefined();
    await expect(monitor.link.drain()).rejects.toMatchObject({ fields: { holder: 'nobody' } });
    const control = await bench.open({ settings: { baudRate: 1200 } });
    expect(bench.device.settings.baudRate).toBe(1200);
    expect(monitor.told('control')).toMatchObject([{ hasControl: false, controller: anna }]);
    await control.link.close();
    expect(monitor.told('control')[1]).toMatchObject({ hasControl: false, controller: undefined });
    expect(bench.device.isClosing).toBe(false);
  });

  it('what a monitor discards is its own only, and what the controller discards no other misses', async () => {
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    bench.device.send('one');
    await monitor.link.flush('received');
    expect([control.text(), monitor.text()]).toEqual(['one', '']);
    bench.device.send('two');
    await control.link.flush('both');
    expect([control.text(), monitor.text()]).toEqual(['', 'two']);
    expect(bench.device.flushed).toEqual(['unsent']);
    await monitor.link.close();
    await control.link.flush('received');
    expect(bench.device.flushed).toEqual(['unsent', 'received']);
  });

  it('control is taken when asked for; who had it is told, and monitors for good', async () => {
    const first = await bench.open();
    const watcher = await bench.open({ role: 'monitor' });
    const second = await bench.open({ holder: bob, whenBusy: 'take' });
    for (const { told } of [first, watcher].map((one) => ({ told: one.told('control').at(-1) }))) {
      expect(told).toMatchObject({ hasControl: false, controller: bob, unsentBytes: 0 });
    }
    expect([first.link.hasControl, second.link.hasControl]).toEqual([false, true]);
    expect([first.link.status.role, second.link.status.role]).toEqual(['monitor', 'control']);
    expect(first.write('late')).toBe(0);
    await expect(first.link.drain()).rejects.toMatchObject({
      code: 'control-taken',
      fields: { port: 'ttyS0', holder: 'bob@desk (10.0.0.3:1)' },
    });
    await second.link.close();
    expect(first.write('still not')).toBe(0);
    bench.device.send('goes on');
    expect(first.text()).toBe('goes on');
  });

  it('control is also taken from one who is still opening the port', async () => {
    const [first, second] = await Promise.all([bench.open(), bench.open({ holder: bob, whenBusy: 'take' })]);
    expect([first.link.hasControl, second.link.hasControl]).toEqual([false, true]);
    await expect(first.link.drain()).rejects.toMatchObject({ code: 'control-taken' });
    expect(bench.port.controller).toMatchObject(bob);
  });

  it('the offsets of a session are its own, whoever wrote before and after', async () => {
    const first = await bench.open();
    first.write('12345');
    bench.device.drainedBytes = 2;
    expect([first.link.takenOffset, first.link.drainedOffset]).toEqual([5, 2]);
    const second = await bench.open({ holder: bob, whenBusy: 'take' });
    expect([second.link.writeOffset, second.link.drainedOffset]).toEqual([0, 0]);
    second.write('abc');
    bench.device.drainedBytes = 6;
    expect([first.link.drainedOffset, second.link.drainedOffset]).toEqual([5, 1]);
    bench.device.drain();
    expect(first.told('drained')).toEqual([{ kind: 'drained', offset: 5 }]);
    expect(second.told('drained')).toEqual([{ kind: 'drained', offset: 3 }]);
    second.write('d');
    bench.device.drain();
    expect(first.told('drained')).toHaveLength(1);
    expect(second.told('drained')[1]).toEqual({ kind: 'drained', offset: 4 });
  });

  it('one who is cut off keeps control, and is shown to be', async () => {
    const { link } = await bench.open();
    link.setCut('the connection was lost');
    const { cutSince } = link.status;
    expect(cutSince).toBeInstanceOf(Date);
    link.setCut('again');
    expect(link.status.cutSince).toBe(cutSince);
    await expect(bench.open({ holder: bob })).rejects.toThrow(
      /anna@laptop \(10\.0\.0\.2:1234; cut off since \d\d:\d\d\) since \d\d:\d\d; watch it with --monitor/,
    );
    link.setCut(undefined);
    expect(link.status.cutSince).toBeUndefined();
    await expect(bench.open()).rejects.toMatchObject({ code: 'port-busy' });
  });

  it('one who is cut off yields to a new session of the same client', async () => {
    const { link } = await bench.open();
    link.setCut('the connection was lost');
    const again = await bench.open({ holder: { ...anna, address: '10.0.0.2:9999' } });
    expect(await link.closed).toMatchObject({
      code: 'session-ended',
      fields: { reason: 'its client attached again' },
    });
    expect(again.link.hasControl).toBe(true);
    expect(bench.devices).toHaveLength(1);
    expect(bench.device.isClosing).toBe(false);
  });

  it('tells a client by its name and its IP address', () => {
    const at = (address: string) => ({ name: 'anna', address });
    expect(isSameClient(at('10.0.0.2:1'), at('10.0.0.2:2'))).toBe(true);
    expect(isSameClient(at('[fe80::1%eth0]:1'), at('[fe80::1%eth0]:2'))).toBe(true);
    expect(isSameClient(at('10.0.0.2:1'), at('10.0.0.3:1'))).toBe(false);
    expect(isSameClient(at('10.0.0.2:1'), { name: 'bob', address: '10.0.0.2:1' })).toBe(false);
  });
});
