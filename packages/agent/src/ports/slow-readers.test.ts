import { VirtualClock } from '@sercli/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PortPolicy } from './port-policy.ts';
import { bob, PortBench, type Reader } from './testing/port-bench.ts';

const logBytes = 1024 * 1024;

describe('readers that are slower than the device', () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  function make(canWait: boolean, policy: Partial<PortPolicy> = {}): PortBench {
    return new PortBench(clock, { logBytes, ...policy }, { pushesBack: () => canWait });
  }

  /** The device sends so many bytes, in pieces of 64 KiB. */
  function send(bench: PortBench, bytes: number): void {
    for (let rest = bytes; rest > 0; rest -= 65_536) bench.device.received.push(new Uint8Array(Math.min(rest, 65_536)));
  }

  const missed = (reader: Reader): number => reader.told('gap').reduce((sum, { bytes = 0 }) => sum + bytes, 0);

  it('get the exact number of what they missed, when they read on', async () => {
    const bench = make(false);
    const session = await bench.open();
    send(bench, 3 * logBytes);
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(session.events).toEqual([]);
    const read = session.read();
    expect(session.told('gap')).toHaveLength(1);
    expect(read).toBe(logBytes);
    expect(read + missed(session)).toBe(3 * logBytes);
    expect(session.link.status).toMatchObject({ gaps: 1, gapBytes: 2 * logBytes, readBytes: logBytes, lagBytes: 0 });
    expect(bench.port.totals).toMatchObject({ gapBytes: 2 * logBytes, logBytes });
  });

  it('are disconnected instead, where the port says so', async () => {
    const bench = make(false, { onOverflow: 'disconnect' });
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    send(bench, logBytes);
    control.read();
    send(bench, 10);
    expect(await monitor.link.closed).toMatchObject({ code: 'reader-too-slow', exit: 6 });
    expect(control.link.state.kind).toBe('up');
    expect(control.read()).toBe(10);
  });

  it('may begin before the oldest byte without being disconnected', async () => {
    const bench = make(false, { onOverflow: 'disconnect', keepOpen: true });
    await bench.port.start();
    send(bench, logBytes + 100);
    const session = await bench.open({ start: { kind: 'offset', offset: 0 } });
    expect(session.told('gap')).toEqual([{ kind: 'gap', offset: 0, bytes: 100 }]);
    expect(session.read()).toBe(logBytes);
    send(bench, 10);
    expect(session.read()).toBe(10);
  });

  it('hold a device that can wait, if they control the port', async () => {
    const bench = make(true);
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    send(bench, 3 * logBytes);
    monitor.read();
    expect(bench.device.received.queuedBytes).toBeGreaterThan(logBytes);
    expect(monitor.told('hold')).toEqual([{ kind: 'hold', isHeld: true }]);
    let read = 0;
    for (let bytes = control.read(10_000); bytes > 0; bytes = control.read(10_000)) read += bytes;
    expect(read).toBe(3 * logBytes);
    expect(control.told('gap')).toEqual([]);
    expect(monitor.told('hold').at(-1)).toEqual({ kind: 'hold', isHeld: false });
    // Not for each piece that was read.
    expect(monitor.told('hold').length).toBeLessThan(10);
    // Who holds it back is not told: it knows that it reads late.
    expect(control.told('hold')).toEqual([]);
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('hold it for holdMs after they have read last, and again when they read', async () => {
    const bench = make(true, { holdMs: 1000 });
    const control = await bench.open();
    const monitor = await bench.open({ holder: bob, role: 'monitor' });
    send(bench, 4 * logBytes);
    await clock.advance(900);
    control.read(1);
    await clock.advance(900);
    expect(bench.device.received.queuedBytes).toBeGreaterThan(0);
    await clock.advance(100);
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(monitor.told('hold').map(({ isHeld }) => isHeld)).toEqual([true, false]);
    send(bench, logBytes);
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(control.read() + missed(control)).toBe(5 * logBytes - 1);
    expect(missed(control)).toBeGreaterThan(0);
    send(bench, 2 * logBytes);
    expect(bench.device.received.queuedBytes).toBeGreaterThan(0);
    expect(monitor.told('hold').at(-1)).toEqual({ kind: 'hold', isHeld: true });
  });

  it('hold nothing as monitors', async () => {
    const bench = make(true);
    const monitor = await bench.open({ role: 'monitor' });
    send(bench, 2 * logBytes);
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(monitor.read() + missed(monitor)).toBe(2 * logBytes);
  });

  it('let go when they give up control, or it is taken', async () => {
    const bench = make(true);
    const control = await bench.open();
    const monitor = await bench.open({ role: 'monitor' });
    send(bench, 2 * logBytes);
    await control.link.close();
    expect(bench.device.received.queuedBytes).toBe(0);
    expect(monitor.told('hold').map(({ isHeld }) => isHeld)).toEqual([true, false]);
    expect(clock.pending).toBe(0);
  });

  it('hold a device also with the smallest log', async () => {
    const bench = make(true, { logBytes: 4096 });
    const control = await bench.open();
    send(bench, 100_000);
    let read = 0;
    for (let bytes = control.read(); bytes > 0; bytes = control.read()) read += bytes;
    expect(read).toBe(100_000);
    expect(control.told('gap')).toEqual([]);
  });
});
