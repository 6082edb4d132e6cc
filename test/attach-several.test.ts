import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sercliProgram } from './support/sercli-program.ts';
import { TwoMachines, twoMachineRequirements } from './support/two-machines.ts';

requires(twoMachineRequirements)('attach of several ports', () => {
  let machines: TwoMachines;
  let agent: ChildProgram;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    agent = await machines.startAgent(['a=sim:echo', 'b=sim:echo']);
  });
  afterAll(() => machines.close());

  const linkOf = (port: string): string => join(machines.folder, machines.laptop.name, 'dev', port);
  const allIdle = async (): Promise<boolean> => {
    const ls = await machines.sercli(machines.laptop, 'ls', machines.serialMachine.address, '--json');
    await ls.expectExit(0);
    return JSON.parse(ls.stdout.text).ports.every((port: { controller?: unknown }) => port.controller === undefined);
  };

  it.each([
    ['first', ['zz', 'a', 'b']],
    ['in the middle', ['a', 'zz', 'b']],
    ['last', ['a', 'b', 'zz']],
  ])('ends at once, with all links taken away, when the %s one is not there', async (_, ports) => {
    const addresses = ports.map((port) => machines.address(port));
    const attach = await machines.sercli(machines.laptop, 'attach', ...addresses);
    await attach.expectExit(3);
    expect(attach.stderr.text).toMatch(/no port zz on .*a, b/);
    for (const port of ports) expect(existsSync(linkOf(port))).toBe(false);
    expect(await allIdle()).toBe(true);
  });

  it('takes its links away when nobody reads its output any more', async () => {
    const command = `node ${sercliProgram} attach ${machines.address('a')} 2>&1 | head -c 1`;
    const shell = await machines.run(machines.laptop, 'sh', ['-c', command]);
    await shell.stdout.waitFor(/./);
    // The next thing it has to say finds nobody.
    await agent.end('SIGKILL');
    agent = await machines.startAgent(['a=sim:echo', 'b=sim:echo']);
    await shell.expectExit(0);
    expect(existsSync(linkOf('a'))).toBe(false);
    expect(await allIdle()).toBe(true);
  });

  it('lists ports for a reader that leaves, without a word', async () => {
    const command = `node ${sercliProgram} ls ${machines.serialMachine.address} | head -1`;
    const shell = await machines.run(machines.laptop, 'sh', ['-c', command]);
    await shell.expectExit(0);
    expect(shell.stderr.text).toBe('');
  });
});
