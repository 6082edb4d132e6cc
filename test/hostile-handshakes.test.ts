import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { defaultAgentLimits } from '@sercli/protocol';
import { type ChildProgram, type UartFarEnd, within } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Attacker } from './support/attacker.ts';
import { OneMachine } from './support/one-machine.ts';
import { RawClient } from './support/raw-client.ts';
import { faultsOf, makeUart, Traffic } from './support/traffic.ts';

/** Bytes per second in each direction: a line at 921600 baud. */
const rate = 92_160;
const { handshakesAtOncePerAddress: burst, handshakesPerSecondPerAddress: perSecond } = defaultAgentLimits;
/** How long a client tries once that comes back after a cut, in milliseconds. */
const redialMs = 4_000;

describe('a session beside clients that do nothing but TLS handshakes', () => {
  let machine: OneMachine;
  let agent: ChildProgram;
  let uart: UartFarEnd;
  let traffic: Traffic;

  beforeAll(async () => {
    machine = await OneMachine.create();
    uart = makeUart(machine.folder, rate);
    agent = await machine.startAgent('--port', `dut=${uart.link}`);
    traffic = await Traffic.start(uart, await machine.attach(machine.tcpPort));
    await traffic.flows(1);
  });
  afterAll(async () => {
    traffic.close();
    uart.close();
    await machine.close();
  });

  const from = (address: string): Attacker => new Attacker(machine.tcpPort, address);
  /** So many clients that were cut off, at once. */
  const comeBack = async (address: string, count: number): Promise<void> => {
    const connecting = Array.from({ length: count }, () => RawClient.connect(machine.tcpPort, address));
    const clients = await within(Promise.all(connecting), redialMs, `coming back to ${address}`);
    for (const client of clients) await client.end();
  };

  const slowedHandshakes = async (): Promise<number> => {
    const place = { host: '127.0.0.1', port: machine.tcpPort, localAddress: '127.0.0.4', path: '/metrics' };
    const asking = request({ ...place, agent: false, rejectUnauthorized: false }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    const metrics = Buffer.concat(await response.toArray()).toString();
    return Number(/^sercli_slowed_handshakes_total (\d+)$/m.exec(metrics)?.[1]);
  };

  it('goes on, and newcomers are served, from another address and from the same', async () => {
    const storm = new AbortController();
    const startedAt = performance.now();
    const storms = ['127.0.0.1', '127.0.0.2'].map((address) => from(address).shakeHands(storm.signal));
    for (const address of ['127.0.0.1', '127.0.0.2']) {
      const told = `slowed ${address}: there are too many TLS handshakes`;
      await expect.poll(() => agent.stderr.text, { timeout: 10_000 }).toContain(told);
    }
    await traffic.flows(1);
    await comeBack('127.0.0.1', 1);
    await comeBack('127.0.0.3', 32);
    expect((await machine.port('dut')).name).toBe('dut');
    expect(await slowedHandshakes()).toBeGreaterThan(0);
    storm.abort();
    const counts = await Promise.all(storms);
    const seconds = (performance.now() - startedAt) / 1000;
    for (const count of counts) expect(count).toBeLessThanOrEqual(burst + seconds * perSecond);
  });

  it('has lost no byte', async () => {
    const result = await traffic.finish();
    expect(faultsOf(result.toApplication)).toEqual({});
    expect(faultsOf(result.toDevice)).toEqual({});
  });
});
