import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdmissionState, type ClientList, defaultAgentLimits } from '@sercli/protocol';
import type { ChildProgram, UartFarEnd } from '@sercli/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { openDescriptors } from './support/process-samples.ts';
import { Stranger } from './support/stranger.ts';
import { faultsOf, makeUart, Traffic } from './support/traffic.ts';
import { until } from './support/until.ts';
import { User } from './support/user.ts';

const { waitingClients, waitingClientsPerAddress, admissionsPerMinute } = defaultAgentLimits;
/** Bytes per second in each direction: a line at 921600 baud. */
const rate = 92_160;
const strangerCount = 40;
const addressCount = 12;

describe('an agent that many strangers ask to be let in', () => {
  let folder: string;
  let owner: User;
  let anna: User;
  let agent: ChildProgram;
  let uart: UartFarEnd;
  let traffic: Traffic;
  let tcpPort: number;
  let strangers: Stranger[];
  let states: AdmissionState[];
  let descriptorsBefore: number;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    [owner, anna] = [new User(join(folder, 'owner')), new User(join(folder, 'anna'))];
    uart = makeUart(folder, rate);
    tcpPort = await freeTcpPort();
    const device = ['--port', `dut=${uart.link}`, '--port', 'echo=sim:echo'];
    agent = await owner.startAgent('--listen', `127.0.0.1:${tcpPort}`, '--no-advertise', ...device);
    await owner.letIn(anna);
    const attached = await anna.attach(`127.0.0.1:${tcpPort}/dut`);
    await attached.next('ready');
    traffic = await Traffic.start(uart, attached);
    await traffic.flows(0.5);
    descriptorsBefore = await openDescriptors(agent.pid);
  });
  afterAll(async () => {
    traffic.close();
    uart.close();
    await anna.end();
    await owner.end();
    await rm(folder, { recursive: true });
  });
  const waiting = async (): Promise<ClientList['waiting']> =>
    (JSON.parse(await owner.result('authorize', '--json')) as ClientList).waiting;
  const reasons = (): string[] =>
    states.map((state) => (state.state === 'refused' ? String(state.error.fields.reason) : state.state));

  it('keeps a bounded number of them, and tells the others', async () => {
    const places = Array.from({ length: strangerCount }, (_, index) => {
      // One more from the first address than may wait; the others from all the rest.
      const place = index <= waitingClientsPerAddress ? 0 : 1 + (index % (addressCount - 1));
      return { directory: join(folder, `stranger-${index}`), localAddress: `127.0.0.${2 + place}` };
    });
    strangers = await Promise.all(places.map((place) => Stranger.create({ ...place, tcpPort })));
    states = [];
    for (const stranger of strangers) states.push(await stranger.ask());
    const told = reasons();
    expect(told.filter((reason) => reason === 'waiting')).toHaveLength(waitingClients);
    const crowded = `${waitingClientsPerAddress} clients wait at its address already`;
    expect(told[waitingClientsPerAddress]).toBe(crowded);
    const full = `${waitingClients} clients wait already`;
    expect(told.filter((reason) => reason === full)).toHaveLength(strangerCount - waitingClients - 1);
    expect(await waiting()).toHaveLength(waitingClients);
  });

  it('remembers those who go away, and lets one of them in all the same', async () => {
    for (const stranger of strangers) stranger.leave();
    await until('nobody is connected', async () => (await waiting()).every(({ isConnected }) => !isConnected));
    const [first] = strangers;
    await owner.result('authorize', first?.fingerprint ?? '');
    expect(await first?.ask()).toEqual({ state: 'admitted' });
    expect(await waiting()).toHaveLength(waitingClients - 1);
  });

  it('hears one that asks again and again only so often', async () => {
    const told = [];
    for (let times = 0; times < 2 * admissionsPerMinute; times += 1) {
      const state = await strangers[1]?.ask();
      told.push(state?.state === 'refused' ? state.error.fields.reason : state?.state);
      strangers[1]?.leave();
    }
    expect(told.filter((reason) => reason === 'waiting').length).toBeGreaterThan(0);
    expect(told).toContain('its address asks too often; try again in a minute');
    expect(await waiting()).toHaveLength(waitingClients - 1);
  });

  it('has lost no byte of a session, and nothing is left of them', async () => {
    const result = await traffic.finish();
    expect(faultsOf(result.toApplication)).toEqual({});
    expect(faultsOf(result.toDevice)).toEqual({});
    await expect.poll(() => openDescriptors(agent.pid), { timeout: 10_000 }).toBe(descriptorsBefore);
  });
});
