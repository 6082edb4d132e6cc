import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PtyDevice } from './support/pty-device.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

requires(twoMachineRequirements)('agents found by name', () => {
  let machines: TwoMachines;
  let device: PtyDevice;
  beforeEach(async () => {
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    device = new PtyDevice();
  });
  afterEach(async () => {
    await machines.close();
    device.close();
  });

  const startAgent = async (): Promise<ChildProgram> => {
    const agent = await machines.startAgent([`ttyS0=${device.path}`], '--name', 'SerialMachine');
    await agent.stderr.waitFor(/advertised as SerialMachine/);
    return agent;
  };
  const list = async (...args: string[]): Promise<string> => {
    const ls = await machines.sercli(machines.laptop, 'ls', ...args);
    await ls.exited;
    return ls.stdout.text;
  };

  it('are listed and attached with nothing configured, and not listed when they are gone', async () => {
    const agent = await startAgent();
    const listed = JSON.parse(await list('--json'));
    expect(listed).toMatchObject({
      version: 1,
      agents: [{ agent: { name: 'SerialMachine', open: true }, ports: [{ name: 'ttyS0', state: 'idle' }] }],
    });
    expect(listed.agents[0].address).toBe(machines.serialMachine.address);

    const { link } = await machines.attachAt('SerialMachine/ttyS0');
    const application = await machines.run(machines.laptop, 'sh', ['-c', `echo by name > ${link}`]);
    await application.expectExit(0);
    await device.receiveText('by name');

    // Killed, it says no goodbye: its advertisement is still known, and it is not listed all the same.
    await agent.end('SIGKILL');
    expect(await list()).toBe('');
  });

  it('are followed by --watch: an agent, its ports and its end', async () => {
    const watch = await machines.sercli(machines.laptop, 'ls', '--watch', '--json');
    const agent = await startAgent();
    await watch.stdout.waitFor(/"event":"listed".*"kind":"port-added".*"name":"ttyS0"/);
    await machines.attachAt('SerialMachine/ttyS0');
    await watch.stdout.waitFor(/"changes":\[\{"kind":"port-changed".*"state":"open"/);
    await agent.end('SIGTERM');
    await watch.stdout.waitFor(/"event":"gone","name":"SerialMachine"/);
    expect(await watch.end('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it('are waited for with --retry, and taken as soon as they are there', async () => {
    const link = join(machines.folder, 'waited-for');
    const attach = await machines.sercli(machines.laptop, 'attach', 'SerialMachine/ttyS0', '--retry', '--link', link);
    await attach.stderr.waitFor(/waiting: no host SerialMachine/);
    await startAgent();
    await attach.stdout.waitFor(/SerialMachine\/ttyS0 is at .*waited-for/);
    expect(attach.stderr.text).not.toContain('attached again');
  });

  it('are suggested where a name is nearly right', async () => {
    await startAgent();
    const ls = await machines.sercli(machines.laptop, 'ls', 'SerialMachin');
    await ls.expectExit(3);
    expect(ls.stderr.text).toContain('did you mean SerialMachine?');
  });
});
