import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import type { ClientList } from '@sercli/protocol';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import { until } from './support/until.ts';
import type { User } from './support/user.ts';

requires(userRequirements)('a client that the agent does not know yet', () => {
  let machines: TwoMachines;
  let owner: User;
  let agent: ChildProgram;
  let echo: string;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    owner = machines.owner();
    agent = await startAgent();
    echo = machines.address('echo');
  });
  afterAll(() => machines.close());

  const startAgent = (): Promise<ChildProgram> => owner.startAgent('--no-advertise', '--port', 'echo=sim:echo');
  const waiting = async (): Promise<ClientList['waiting']> =>
    (JSON.parse(await owner.result('authorize', '--json')) as ClientList).waiting;

  it('leaves its request with --no-wait, and finds the door open later', async () => {
    const anna = machines.client('anna');
    for (const command of [
      ['attach', echo],
      ['console', echo],
    ]) {
      const told = await anna.failure(7, ...command, '--no-wait');
      expect(told).toContain('SerialMachine does not know this client: it has asked to be let in; on');
    }
    const [request, ...others] = await waiting();
    expect(request).toMatchObject({ name: 'root@laptop', port: 'echo', isConnected: false });
    expect(others).toEqual([]);
    await owner.type(
      (await anna.failure(7, 'ls', machines.serialMachine.address)).match(/sercli authorize \S+/)?.[0] ?? '',
    );
    const attached = await anna.attach(echo, '--no-wait');
    await attached.next('ready');
    await attached.program.end('SIGTERM');
  });

  it('is turned away while it waits, and when it comes again', async () => {
    const bob = machines.client('bob');
    const attached = await bob.attach(echo);
    await owner.result('authorize', '--deny', await attached.waits());
    await attached.program.expectExit(7);
    expect(await attached.next('error')).toMatchObject({ code: 'not-authorized' });
    expect(attached.program.stderr.text).toContain('it was turned away');
    expect(await bob.failure(7, 'attach', echo)).toContain('it was turned away');
    expect(await waiting()).toEqual([]);
    expect(existsSync(attached.link)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('gives up waiting upon %s', async (signal) => {
    const carl = machines.client(`carl-${signal}`);
    const attached = await carl.attach(echo);
    const fingerprint = await attached.waits();
    expect(await attached.program.end(signal)).toEqual({ code: 0, signal: null });
    expect(attached.program.stderr.text).toBe('');
    expect(existsSync(attached.link)).toBe(false);
    await until('the agent has noticed', async () => (await waiting()).every(({ isConnected }) => !isConnected));
    await owner.result('authorize', '--deny', fingerprint);
  });

  it('goes on waiting when the agent dies and is started again', async () => {
    const dora = machines.client('dora');
    const attached = await dora.attach(echo);
    const fingerprint = await attached.waits();
    await agent.end('SIGKILL');
    agent = await startAgent();
    expect(await attached.waits()).toBe(fingerprint);
    await owner.result('authorize', fingerprint);
    await attached.next('ready');
    await attached.program.end('SIGTERM');
  });

  /** Ways in which an editor saves a file. */
  const saves = {
    'in place': (path: string, text: string) => writeFile(path, text),
    'by another file that takes its place': async (path: string, text: string) => {
      await writeFile(`${path}~`, text);
      await chmod(`${path}~`, 0o600);
      await rename(`${path}~`, path);
    },
  };
  it.each(Object.entries(saves))('is let in and thrown out by hand, %s', async (way, save) => {
    const path = owner.state('authorized_clients');
    const emil = machines.client(`emil ${way}`);
    const before = await readFile(path, 'utf8');
    const attached = await emil.attach(echo);
    await attached.waits();
    await save(path, `${before}${await emil.fingerprint()} # in words of mine\n`);
    await attached.next('ready');
    expect(await owner.result('authorize')).toMatch(/control +\* +in words of mine/);
    await save(path, before);
    expect(await attached.next('lost', 10_000)).toMatchObject({ code: 'not-authorized' });
    await owner.result('authorize', '--deny', await attached.waits());
    await attached.program.expectExit(7);
  });
});
