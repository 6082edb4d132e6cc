import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFlawless } from './counter-checker.ts';
import { CounterSink } from './counter-sink.ts';
import { CounterStream } from './counter-stream.ts';
import { PortApplication } from './port-application.ts';
import { UartFarEnd } from './uart-far-end.ts';

const fromDevice = new CounterStream(1);
const toDevice = new CounterStream(2);
const timeoutMs = 10_000;

describe('the far end that behaves as a UART', () => {
  let folder: string;
  let uart: UartFarEnd;
  let applications: PortApplication[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sercli-uart-'));
    applications = [];
  });
  afterEach(() => {
    for (const application of applications) application.close();
    uart.close();
    rmSync(folder, { recursive: true });
  });

  it('carries 1 MB/s both ways without a fault, and no more', async () => {
    start(1_000_000);
    const application = open();
    uart.startSending();
    application.startSending();
    const begin = performance.now();
    await Promise.all([application.received.moved(2_000_000, timeoutMs), uart.received.moved(1_500_000, timeoutMs)]);
    expect(performance.now() - begin).toBeGreaterThan(1950);
    const [sent, written] = [uart.stopSending(), application.stopSending()];
    await Promise.all([application.received.reached(sent, timeoutMs), uart.received.reached(written, timeoutMs)]);
    expect(uart.overrunBytes).toBe(0);
    expect(isFlawless(application.received.report(sent))).toBe(true);
    expect(isFlawless(uart.received.report(written))).toBe(true);
  });

  it('loses what nobody reads in time, and knows exactly what', async () => {
    start(1_000_000);
    const application = open();
    uart.startSending();
    await application.received.moved(50_000, timeoutMs);
    application.stopReading();
    await application.received.moved(1, 300).catch(() => undefined);
    expect(uart.overrunBytes).toBeGreaterThan(100_000);
    const again = open(application.received);
    application.close();
    await again.received.moved(200_000, timeoutMs);
    const sent = uart.stopSending();
    await again.received.reached(sent, timeoutMs);
    const { lost, doubled, outOfOrder, foreign } = again.received.report(sent);
    expect(lost).toEqual(uart.overruns);
    expect([doubled, outOfOrder, foreign]).toEqual([[], [], []]);
  });

  it('holds a writer to its rate', async () => {
    start(20_000);
    const application = open();
    application.startSending();
    const begin = performance.now();
    await uart.received.reached(10_000, timeoutMs);
    expect(performance.now() - begin).toBeGreaterThan(450);
  });

  it('hangs up on whoever has it open, and comes back as another PTY under the same path', async () => {
    start(100_000);
    const first = open();
    first.startSending();
    await uart.received.moved(5000, timeoutMs);
    const before = readlinkSync(uart.link);
    uart.hangUp();
    await first.hungUp;
    uart.appear();
    expect(readlinkSync(uart.link)).not.toBe(before);
    const second = open(first.received);
    uart.startSending();
    await second.received.moved(5000, timeoutMs);
    expect(isFlawless(second.received.report())).toBe(true);
  });

  function start(rate: number): void {
    uart = new UartFarEnd({ link: join(folder, 'dut'), rate, sends: fromDevice, receives: toDevice });
  }

  function open(received = new CounterSink('the application', fromDevice)): PortApplication {
    const application = new PortApplication({ path: uart.link, rate: uart.rate, sends: toDevice, received });
    applications.push(application);
    return application;
  }
});
