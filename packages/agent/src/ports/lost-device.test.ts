import { SercliError } from '@sercli/protocol';
import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { bob, PortBench } from './testing/port-bench.ts';

const unplugged = new SercliError('device-lost', { device: '/dev/ttyS0', reason: 'it was unplugged' });
const isGone = new SercliError('device-not-found', { device: '/dev/ttyS0', reason: 'there is no such file' });

describe('a device that is lost', () => {
  let clock: VirtualClock;
  let bench: PortBench;
  beforeEach(() => {
    clock = new VirtualClock();
    bench = new PortBench(clock, { graceMs: 60_000 });
  });

  /** The device goes away and cannot be opened. */
  async function lose(): Promise<void> {
    bench.failure = isGone;
    bench.device.unplug(unplugged);
    await clock.advance(0);
  }

  it('does not end its sessions: they go on when it is back, behind a gap of unknown size', async () => {
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    bench.device.send('last words');
    await lose();
    for (const { link, told } of [control, monitor].map((one) => ({ link: one.link, told: one.told('state') }))) {
      expect(link.state).toEqual({ kind: 'lost', reason: 'it was unplugged' });
      expect(told).toEqual([{ kind: 'state', state: link.state }]);
    }
    expect(bench.port.list()).toMatchObject({ state: 'lost', reason: 'it was unplugged' });
    expect(control.text()).toBe('last words');
    await clock.advance(10_000);
    bench.failure = undefined;
    bench.greeting = 'hello again';
    await clock.advance(5_000);
    expect(control.events.slice(1)).toEqual([
      { kind: 'gap', offset: 10, bytes: undefined },
      { kind: 'state', state: { kind: 'up' } },
    ]);
    expect(control.text()).toBe('hello again');
    expect(monitor.text()).toBe('last wordshello again');
    expect(bench.port.list().state).toBe('open');
    expect(bench.port.totals.deviceLosses).toBe(1);
    expect(control.write('after')).toBe(5);
    expect(bench.device.written).toEqual(['after']);
    await control.link.close();
    await monitor.link.close();
    await clock.advance(0);
    expect(bench.device.isClosing).toBe(true);
  });

  it('ends its sessions at once where another device may have its path later', async () => {
    bench = new PortBench(clock, {}, { comesBack: false });
    const control = await bench.open();
    bench.device.send('last words');
    await lose();
    expect(await control.link.closed).toBe(unplugged);
    expect(control.text()).toBe('last words');
    await clock.advance(10_000);
    expect(bench.devices).toHaveLength(1);
  });

  it('is opened with the settings and outputs that were in force', async () => {
    const control = await bench.open({ settings: { baudRate: 300 } });
    await control.link.configure({ parity: 'odd' });
    bench.device.lines = { ...bench.device.lines, dtr: false, rts: true };
    await lose();
    expect(control.link.settings).toMatchObject({ baudRate: 300, parity: 'odd' });
    bench.failure = undefined;
    await clock.advance(5_000);
    expect(bench.device.settings).toMatchObject({ baudRate: 300, parity: 'odd' });
    expect(bench.device.sequences).toEqual([[{ dtr: false, rts: true }]]);
  });

  it('takes nothing meanwhile, keeps settings for its return, and refuses the rest', async () => {
    const control = await bench.open();
    await lose();
    expect(control.write('nothing')).toBe(0);
    const configured = control.link.configure({ baudRate: 1200 });
    await expect(control.link.drain()).rejects.toBe(unplugged);
    await expect(control.link.runSequence([{ dtr: true }])).rejects.toBe(unplugged);
    await control.link.flush('both');
    bench.failure = undefined;
    await clock.advance(5_000);
    expect(await configured).toMatchObject({ baudRate: 1200 });
    expect(control.writables).toBe(1);
    expect(control.write('now')).toBe(3);
    expect(control.link.writeOffset).toBe(3);
  });

  it('leaves in doubt what had not left it, told once and to who wrote it', async () => {
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    control.write('12345');
    bench.device.drainedBytes = 2;
    await lose();
    expect(control.told('in-doubt')).toEqual([{ kind: 'in-doubt', bytes: 3 }]);
    expect(monitor.told('in-doubt')).toEqual([]);
    expect(control.link.drainedOffset).toBe(5);
    bench.failure = undefined;
    await clock.advance(5_000);
    control.write('67');
    expect(control.link.drainedOffset).toBe(5);
    bench.device.drainedBytes = 1;
    expect(control.link.drainedOffset).toBe(6);
    await lose();
    expect(control.told('in-doubt')[1]).toEqual({ kind: 'in-doubt', bytes: 1 });
  });

  it('is tried again after 250 ms, later each 5 s, and at once when it is seen', async () => {
    await bench.open();
    await lose();
    await clock.advance(20_000);
    // 250, 500, 1000, 2000, 4000, 5000, 5000.
    expect(bench.looks).toBe(7);
    bench.port.update({ ...bench.description, absence: { kind: 'lost', reason: 'it was unplugged' } });
    bench.failure = undefined;
    await clock.advance(10_000);
    expect(bench.devices).toHaveLength(1);
    bench.port.update(bench.description);
    await clock.advance(0);
    expect(bench.devices).toHaveLength(2);
    expect(bench.port.sessions[0]?.state.kind).toBe('up');
    expect(clock.pending).toBe(0);
  });

  it('is waited for although another program has it for a while', async () => {
    const control = await bench.open();
    await lose();
    bench.failure = new SercliError('device-busy', { device: '/dev/ttyS0', holder: 'minicom' });
    await clock.advance(30_000);
    expect(control.link.state.kind).toBe('lost');
    bench.failure = undefined;
    await clock.advance(5_000);
    expect(control.link.state.kind).toBe('up');
  });

  it('ends its sessions when it does not come back in time', async () => {
    const control = await bench.open();
    bench.device.send('last words');
    await lose();
    const configured = control.link.configure({ baudRate: 300 });
    const refused = expect(configured).rejects.toBe(unplugged);
    await clock.advance(60_000);
    expect(await control.link.closed).toBe(unplugged);
    await refused;
    expect(control.text()).toBe('last words');
    expect(clock.pending).toBe(0);
    bench.failure = undefined;
    await expect(bench.open()).resolves.toBeDefined();
  });

  it('is not looked for when nobody waits, and opened as usual for the next session', async () => {
    const control = await bench.open();
    await lose();
    await expect(bench.open({ role: 'monitor' })).rejects.toMatchObject({ code: 'device-lost' });
    await control.link.close();
    expect(clock.pending).toBe(0);
    bench.failure = undefined;
    expect((await bench.open()).link.settings.baudRate).toBe(9600);
  });

  it('ends at once what is no device but a program that ended', async () => {
    const { link } = await bench.open();
    const ended = new SercliError('session-ended', { port: 'ttyS0', reason: 'the program exited with 0' });
    bench.device.unplug(ended);
    expect(await link.closed).toBe(ended);
  });

  it('may be lost again and again', async () => {
    const control = await bench.open();
    for (let turn = 0; turn < 50; turn += 1) {
      bench.device.send('x');
      bench.device.unplug(unplugged);
      await clock.advance(250);
    }
    expect(bench.devices).toHaveLength(51);
    expect(control.text()).toBe('x'.repeat(50));
    expect(control.told('gap')).toHaveLength(50);
    expect(control.link.state.kind).toBe('up');
    expect(clock.pending).toBe(0);
  });
});
