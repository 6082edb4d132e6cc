import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requires } from '@sercli/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildLoadPrograms } from './build.mjs';
import { Endpoint } from './endpoint.mjs';

requires({ programs: ['gcc'] })('device and application without a chain between them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sercli-bench-test-'));
  let program;
  let device;
  let application;

  beforeAll(() => {
    program = buildLoadPrograms(folder).endpoint;
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    device = await Endpoint.device(program, 1);
    application = await Endpoint.application(program, device.paths);
  });
  afterEach(async () => {
    await application.close();
    await device.close();
  });

  it('moves bytes both ways and finds them right', async () => {
    const jobs = [
      application.start('receive', 0, 1, 0, 300_000),
      device.start('receive', 0, 2, 0, 300_000),
      device.start('send', 0, 1, 0, 300_000),
      application.start('send', 0, 2, 0, 300_000),
    ];
    for (const job of jobs) expect(await job.result()).toMatchObject({ bytes: 300_000 });
  });

  it('finds every byte of another stream wrong, and bytes too many', async () => {
    const receiver = application.start('receive', 0, 1, 0, 10_000);
    await device.run('send', 0, 2, 0, 10_000);
    await expect(receiver.result()).rejects.toThrow(/receive: \d{4} of 10000 bytes were wrong/);

    const short = application.start('receive', 0, 1, 0, 0);
    await device.run('send', 0, 1, 0, 2_000);
    await expect(short.expect(1_000)).rejects.toThrow('more bytes came than were sent');
  });

  it('notices bytes that are missing', async () => {
    await device.run('send', 0, 1, 0, 1_000);
    const { bytes } = await application.run('empty', 0);
    expect(bytes).toBe(1_000);
    const receiver = application.start('receive', 0, 1, 0, 0);
    await device.run('send', 0, 1, 0, 1_000);
    await expect(receiver.result(100)).rejects.toThrow('receive took longer than 100 ms');
  });

  it('times pings, and bursts on their way', async () => {
    const echo = device.start('echo', 0);
    const { latenciesNs } = await application.run('ping', 0, 16, 50);
    expect(latenciesNs.length).toBeGreaterThan(0);
    expect(Math.min(...latenciesNs)).toBeGreaterThan(0);
    await echo.stop();

    const collector = application.start('collect', 0);
    const { bytes, overruns } = await device.run('burst', 0, 11_520, 100, 0);
    const collected = await collector.expect(bytes);
    expect(collected.latenciesNs).toHaveLength(bytes / 16);
    expect(overruns).toBe(0);
  });

  it('reads at the rate of a line', async () => {
    await device.run('send', 0, 1, 0, 1_000);
    const { startedNs, endedNs } = await application.run('receive', 0, 1, 5_000, 1_000);
    expect(endedNs - startedNs).toBeGreaterThanOrEqual(0.2e9);
  });
});
