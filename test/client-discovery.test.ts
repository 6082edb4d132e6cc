import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, discoveryOnDemand, parsePortSpec } from '@sercli/agent';
import { type AgentChange, Client, remoteBinding } from '@sercli/client';
import { requires } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

describe('agents on the loopback interface', () => {
  let folder: string;
  let device: PtyDevice;
  let client: Client;
  let agent: Agent | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-discover-'));
    device = new PtyDevice();
    client = new Client({ stateDirectory: join(folder, 'client'), interfaces: 'loopback' });
  });
  afterEach(async () => {
    await agent?.close();
    device.close();
    await rm(folder, { recursive: true });
  });

  /** With a name that no other agent of this machine has. */
  const name = `test-${process.pid}`;
  const ports = (...specs: string[]) => ({ ports: specs.map(parsePortSpec) });
  const startAgent = async (open = true): Promise<Agent> => {
    agent = await Agent.start({
      name,
      ...ports(`dut=${device.path}`, 'echo=sim:echo'),
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: join(folder, 'agent'),
      discovery: discoveryOnDemand,
      open,
    });
    return agent;
  };

  it('are found with their ports, followed as they change, and connected to by name', async () => {
    const over = new AbortController();
    const changes = client.discover({ signal: over.signal });
    const next = async (kind: AgentChange['kind']): Promise<AgentChange['agent']> => {
      for (;;) {
        const { value } = await changes.next();
        if (value === undefined) throw new Error(`the search ended before an agent was ${kind}`);
        if (value.agent.name !== name) continue;
        if (value.kind === kind) return value.agent;
      }
    };
    const found = next('found');
    const started = await startAgent();
    expect(await found).toMatchObject({
      name,
      place: `127.0.0.1:${started.tcpPort}`,
      ports: [{ address: `${name}/dut`, device: device.path, state: 'idle' }, { address: `${name}/echo` }],
    });
    const [port] = await Promise.all([client.connect(`${name}/dut`), next('changed')]);
    port.write('by name');
    await device.receiveText('by name');
    await port.close();
    await started.serve(ports('other=sim:echo'));
    let now = await next('changed');
    while (now.ports[0]?.name !== 'other') now = await next('changed');
    expect(now.ports).toHaveLength(1);
    const gone = next('gone');
    await started.close();
    agent = undefined;
    expect(await gone).toMatchObject({ name });
    over.abort();
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  it('are listed, also for node-serialport; those that do not tell their ports, with the reason', async () => {
    const started = await startAgent();
    const own = (await client.agents()).filter((each) => each.name === name);
    expect(own).toMatchObject([{ ports: [{ address: `${name}/dut` }, { address: `${name}/echo` }] }]);
    const listed = await remoteBinding(client).list({ searchMs: 500 });
    expect(listed.filter(({ path }) => path.startsWith(`${name}/`))).toEqual(
      ['dut', 'echo'].map((port) => ({
        path: `${name}/${port}`,
        manufacturer: undefined,
        serialNumber: undefined,
        pnpId: undefined,
        locationId: undefined,
        vendorId: undefined,
        productId: undefined,
      })),
    );
    await started.close();

    await startAgent(false);
    const closed = (await client.agents()).find((each) => each.name === name);
    expect(closed).toMatchObject({ ports: [], error: { code: 'not-authorized' } });
    await expect(client.agents({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

requires(twoMachineRequirements)('agents on another machine', () => {
  it('are found, and connected to by name', async () => {
    const machines = await TwoMachines.create();
    try {
      await machines.networkIsUp();
      const agent = await machines.startAgent(['echo=sim:echo'], '--name', 'SerialMachine');
      await agent.stderr.waitFor(/advertised as SerialMachine/);
      const script = join(import.meta.dirname, 'support', 'client-program.mjs');
      const state = join(machines.folder, 'client');
      const run = async (task: string): Promise<string> => {
        const args = [script, task, 'SerialMachine/echo', state, 'all'];
        const program = await machines.run(machines.laptop, process.execPath, args);
        await program.expectExit(0);
        return program.stdout.text;
      };
      expect(await run('follow')).toBe('found SerialMachine\ndone\n');
      expect(await run('echo')).toBe('hello\ndone\n');
    } finally {
      await machines.close();
    }
  });
});
