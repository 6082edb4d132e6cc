import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClientList } from '@sercli/protocol';
import { requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exchange } from './support/exchange.ts';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import type { User } from './support/user.ts';

const ports = ['echo', 'plc', 'pump', 'valve', 'fan', 'tank'];
const shown = '[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}';

requires(userRequirements)('the first attach', () => {
  let machines: TwoMachines;
  let owner: User;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    await machines.networkIsUp();
    owner = machines.owner();
    const agent = await owner.startAgent(...ports.flatMap((port) => ['--port', `${port}=sim:echo`]));
    await agent.stderr.waitFor(/advertised as SerialMachine/);
  });
  afterAll(() => machines.close());
  const waiting = async (): Promise<ClientList['waiting']> =>
    (JSON.parse(await owner.result('authorize', '--json')) as ClientList).waiting;

  it('goes as the README shows it, and the second one asks nothing', async () => {
    const anna = machines.client('anna');
    const { address } = machines.serialMachine;
    expect(await anna.result('ls')).toBe(
      `SerialMachine at ${address} (does not know this client yet: sercli attach SerialMachine/PORT asks to be let in)\n`,
    );
    const attach = await anna.sercli('attach', 'SerialMachine/echo');
    const [command, fingerprint = ''] = await attach.stderr.waitFor(new RegExp(`sercli authorize (${shown})(?=\n)`));
    await attach.stderr.waitFor(/waiting to be let in \(Ctrl-C gives up\)\n/);
    const agentsOwn = (await owner.result('identity')).split('\n')[0];
    expect(attach.stderr.text.split('\n')).toEqual([
      'SerialMachine is new here; its key is kept in ~/.local/state/sercli/known_agents from now on',
      expect.stringMatching(
        new RegExp(`^ {2}its fingerprint +${agentsOwn} +\\(compare with: sercli identity, on Seri`),
      ),
      expect.stringMatching(new RegExp(`^ {2}this client's +${fingerprint}$`)),
      'SerialMachine does not know this client yet. On SerialMachine run:',
      `  ${command}`,
      'waiting to be let in (Ctrl-C gives up)',
      '',
    ]);
    expect(attach.stdout.text).toBe('');

    const allowed = `root@laptop (${fingerprint}) may control all ports of SerialMachine\n`;
    expect(await owner.type(command)).toBe(allowed);
    const link = join(anna.home, 'dev', 'echo');
    await attach.stdout.waitFor(
      new RegExp(`^SerialMachine/echo is at ${link} \\(115200 8N1, from byte 0 of \\w+\\)\n$`),
    );
    expect(await exchange(anna, link, 'hello')).toBe('hello');
    expect(await anna.result('ls')).toMatch(
      new RegExp(`^SerialMachine at ${address} \\(sercli/.*\n.*\n +echo .*\n +plc `),
    );
    await attach.end('SIGINT');

    const again = await anna.sercli('attach', 'SerialMachine/echo');
    await again.stdout.waitFor(/ is at /);
    expect(again.stderr.text).toBe('');
    expect(await exchange(anna, link, 'again')).toBe('again');
  });

  // Those that are concurrent are four at this agent: so many clients may wait from one address.
  it.concurrent('tells programs the same', async () => {
    const bob = machines.client('bob');
    const attached = await bob.attach('SerialMachine/plc');
    const fingerprint = await attached.waits();
    expect(attached.events).toEqual([
      {
        event: 'first-use',
        address: 'SerialMachine',
        fingerprint: (await owner.result('identity')).split('\n')[0],
        own: fingerprint,
        path: bob.state('known_agents'),
      },
      {
        event: 'waiting-for-authorization',
        address: 'SerialMachine/plc',
        agentName: 'SerialMachine',
        fingerprint,
        waitMs: 600_000,
      },
    ]);
    const request = { fingerprint: await bob.fingerprint(), name: 'root@laptop', role: 'control', port: 'plc' };
    expect(await waiting()).toContainEqual(expect.objectContaining({ ...request, isConnected: true }));
    await owner.result('authorize', fingerprint.toLowerCase().replaceAll('-', ''));
    await attached.next('authorized');
    await attached.next('up');
    await attached.next('ready');
    expect(await exchange(bob, attached.link, 'programs')).toBe('programs');
    const file = await readFile(owner.state('authorized_clients'), 'utf8');
    expect(file).toContain(`${await bob.fingerprint()} role=control ports=* name=root@laptop since=`);
  });

  it.concurrent('asks once for several ports, and all of them go on', async () => {
    const carl = machines.client('carl');
    const attach = await carl.sercli('attach', 'SerialMachine/pump', 'SerialMachine/valve');
    const [, fingerprint = ''] = await attach.stderr.waitFor(new RegExp(`sercli authorize (${shown})\n`));
    const own = await carl.fingerprint();
    expect((await waiting()).filter((request) => request.fingerprint === own)).toHaveLength(1);
    await owner.result('authorize', fingerprint);
    for (const _ of ['pump', 'valve']) await attach.stdout.waitFor(/SerialMachine\/(pump|valve) is at .*\n/);
    const told = attach.stderr.text.split('\n');
    expect(told.filter((line) => line.includes('sercli authorize'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('has let this client in'))).toHaveLength(1);
  });

  it.concurrent('with --wait-slave, opens the port when an application comes', async () => {
    const dora = machines.client('dora');
    const attached = await dora.attach('SerialMachine/fan', '--wait-slave');
    await owner.result('authorize', await attached.waits());
    await attached.next('ready');
    expect(attached.events.map(({ event }) => event)).not.toContain('up');
    expect(await exchange(dora, attached.link, 'on demand')).toBe('on demand');
  });

  it.concurrent('waits in a console too', async () => {
    const emil = machines.client('emil');
    const terminal = await emil.sercli('console', 'SerialMachine/tank');
    const [, fingerprint = ''] = await terminal.stderr.waitFor(new RegExp(`sercli authorize (${shown})\n`));
    await owner.result('authorize', fingerprint);
    terminal.stdin.write('typed');
    await terminal.stdout.waitFor(/typed/);
    terminal.stdin.end();
    await terminal.expectExit(0);
  });

  it.concurrent('with --retry, waits for the agent and then to be let in', async () => {
    const fritz = machines.client('fritz');
    const attached = await fritz.attach(`${machines.serialMachine.address}:7400/echo`, '--retry');
    expect((await attached.next('lost')).code).toBe('agent-unreachable');
    const late = ['--name', 'late', '--listen', '0.0.0.0:7400', '--no-advertise', '--port', 'echo=sim:echo'];
    const another = machines.owner('another owner');
    await another.startAgent(...late);
    await another.result('authorize', await attached.waits());
    await attached.next('ready');
    expect(await exchange(fritz, attached.link, 'patience')).toBe('patience');
  });
});
