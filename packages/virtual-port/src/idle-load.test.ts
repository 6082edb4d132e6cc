import { writeSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { closeFd, openTty } from '@sercli/tty';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PortRecorder } from './testing/port-recorder.ts';
import { VirtualPort } from './virtual-port.ts';

/** Processor time is measured over each of so many milliseconds; a loop that spins shows in all, other work in some. */
const windowMs = 700;
const windows = 3;
/** The share of one processor that may be used. */
const allowedShare = 0.01;

vi.setConfig({ testTimeout: 20_000 });

let port: VirtualPort;
let recorder: PortRecorder;

beforeEach(async () => {
  port = await VirtualPort.create();
  recorder = new PortRecorder(port);
});

afterEach(() => port.close());

async function expectIdle(): Promise<void> {
  const shares: number[] = [];
  while (shares.length < windows) {
    const before = process.cpuUsage();
    await pass(windowMs);
    const { user, system } = process.cpuUsage(before);
    shares.push((user + system) / 1000 / windowMs);
  }
  expect(Math.min(...shares)).toBeLessThan(allowedShare);
}

async function open(): Promise<number> {
  const fd = openTty(port.path);
  await recorder.until(() => port.isOpen);
  return fd;
}

it('costs nothing while closed, never opened or closed again', async () => {
  await expectIdle();
  closeFd(await open());
  await recorder.until(() => !port.isOpen);
  port.write(Buffer.from('x'));
  await expectIdle();
});

it('costs nothing while open and idle', async () => {
  const fd = await open();
  await expectIdle();
  closeFd(fd);
});

it('costs nothing while the application does not read', async () => {
  const fd = await open();
  while (port.write(new Uint8Array(4096)) > 0);
  await expectIdle();
  closeFd(fd);
});

it('costs nothing while nobody consumes, even after the application has gone', async () => {
  recorder.hold(true);
  const fd = await open();
  writeSync(fd, 'waiting');
  await recorder.until(() => port.peek(1).length === 1);
  port.write(new Uint8Array(100_000));
  await expectIdle();
  closeFd(fd);
  await expectIdle();
  recorder.hold(false);
  await recorder.until(() => !port.isOpen);
});
