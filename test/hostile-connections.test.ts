import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ChildProgram, UartFarEnd } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attacker } from './support/attacker.ts';
import { OneMachine } from './support/one-machine.ts';
import { mostResidentBytes, openDescriptors, residentBytes } from './support/process-samples.ts';
import { faultsOf, makeUart, Traffic } from './support/traffic.ts';

/** Bytes per second in each direction: a line at 921600 baud. */
const rate = 92_160;
/** By how much the agent may grow at any time: 512 connections with 72 kB each, and what is not collected yet. */
const maxGrowthBytes = 96 * 1024 * 1024;

describe('a session among hostile connections', () => {
  let machine: OneMachine;
  let agent: ChildProgram;
  let uart: UartFarEnd;
  let traffic: Traffic;
  let before: { descriptors: number; residentBytes: number };

  beforeAll(async () => {
    machine = await OneMachine.create();
    uart = makeUart(machine.folder, rate);
    const config = join(machine.folder, 'sercli.yaml');
    await writeFile(config, JSON.stringify({ ports: { dut: uart.link }, hostNames: ['serial.example.org'] }));
    agent = await machine.startAgent('--config', config);
    traffic = await Traffic.start(uart, await machine.attach(machine.tcpPort));
    await traffic.flows(1);
    expect(await askForHealth()).toBe(200);
    before = { descriptors: await openDescriptors(agent.pid), residentBytes: await residentBytes(agent.pid) };
  });
  afterAll(async () => {
    traffic.close();
    uart.close();
    await machine.close();
  });

  const from = (address: string): Attacker => new Attacker(machine.tcpPort, address);

  it('goes on while 1,000 are silent and others are slow, and newcomers are served', { timeout: 20_000 }, async () => {
    const attacks = [
      from('127.0.0.2').beSilent(1000),
      from('127.0.0.3').askSlowly(75),
      from('127.0.0.4').speakSlowly(75),
    ];
    await traffic.flows(1);
    expect(await askForHealth()).toBe(200);
    await Promise.all(attacks);
    expect(agent.stderr.text).toContain('refused 127.0.0.2: there are too many connections');
  });

  it('goes on while 5,000 come and go', async () => {
    await from('127.0.0.2').comeAndGo(5000);
    expect(await askForHealth()).toBe(200);
  });

  it('goes on while 300 talk rubbish', async () => {
    // One address alone may not come that often.
    await Promise.all(['127.0.0.5', '127.0.0.6'].map((address) => from(address).talkRubbish(150)));
    expect(await askForHealth()).toBe(200);
  });

  it('answers to its names, and to no pages', async () => {
    expect(await askForHealth({ Host: 'serial.example.org' })).toBe(200);
    expect(await askForHealth({ Host: `${hostname()}:7372` })).toBe(200);
    expect(await askForHealth({ Host: 'attacker.example' })).toBe(421);
    expect(await askForHealth({ Origin: 'https://attacker.example' })).toBe(403);
  });

  it('has lost no byte, and nothing is left of them', async () => {
    const result = await traffic.finish();
    expect(faultsOf(result.toApplication)).toEqual({});
    expect(faultsOf(result.toDevice)).toEqual({});
    expect(traffic.application.received.receivedBytes).toBeGreaterThan(2 * rate);
    // The connection of the first question may still have been closing when they were counted.
    const descriptors = (): Promise<number> => openDescriptors(agent.pid);
    await expect.poll(descriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before.descriptors);
    const growthBytes = (await mostResidentBytes(agent.pid)) - before.residentBytes;
    expect(growthBytes).toBeLessThan(maxGrowthBytes);
  });

  /** Somebody who has nothing to do with all this. */
  function askForHealth(headers: Record<string, string> = {}): Promise<number | undefined> {
    const place = { host: '127.0.0.1', port: machine.tcpPort, path: '/healthz', agent: false };
    return new Promise((resolve, reject) => {
      const asking = request({ ...place, headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asking.on('error', reject);
      asking.end();
    });
  }
});
