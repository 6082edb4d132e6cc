import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shownFingerprint } from '@sercli/link';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AttachProgram } from './support/attach-program.ts';
import { exchange } from './support/exchange.ts';
import { sercliProgram } from './support/sercli-program.ts';
import { TwoMachines, userRequirements } from './support/two-machines.ts';
import type { User } from './support/user.ts';

/** Each program in a network namespace has its own mounts (ip-netns(8)), so nobody else sees this one. */
const withReadOnlyState = 'mount -t tmpfs -o ro,mode=0700 none "$0" && exec "$@"';

requires(userRequirements)('machines that are set up without people', () => {
  let machines: TwoMachines;
  /** Fingerprints and files of identities, for an agent and for a client. */
  let made: Record<'agent' | 'client', { fingerprint: string; file: string }>;
  beforeAll(async () => {
    machines = await TwoMachines.create();
    const make = async (name: string) => {
      const file = join(machines.folder, `${name}.pem`);
      const printed = await machines.client('admin').result('identity', '--make', file);
      const [shown, fingerprint = '', ...rest] = printed.split('\n');
      expect(rest).toEqual([file, '']);
      expect(fingerprint.slice(0, 16)).toBe(shown?.replaceAll('-', ''));
      return { fingerprint, file };
    };
    made = { agent: await make('agent'), client: await make('client') };
  });
  afterAll(() => machines.close());

  const readOnly = async (user: User, ...args: string[]): Promise<ChildProgram> => {
    await mkdir(user.state(), { recursive: true, mode: 0o700 });
    return user.run('sh', ['-ec', withReadOnlyState, user.state(), process.execPath, sercliProgram, ...args]);
  };
  const agentArguments = ['agent', '--no-advertise', '--port', 'echo=sim:echo', '--port', 'plc=sim:echo'];

  it('know each other from lines in their environment, and need to write nothing', async () => {
    const owner = machines.owner('owner', {
      SERCLI_IDENTITY: made.agent.file,
      SERCLI_AUTHORIZED_CLIENTS: `# by the image\n${made.client.fingerprint} ports=echo name=hub`,
    });
    const client = machines.client('hub', {
      SERCLI_IDENTITY: made.client.file,
      SERCLI_KNOWN_AGENTS: `${machines.serialMachine.address} ${made.agent.fingerprint}`,
    });
    const agent = await readOnly(owner, ...agentArguments);
    await agent.stderr.waitFor(/listening on/);
    const attach = ['attach', machines.address('echo'), '--json', '--link', join(client.home, 'link')];
    const attached = new AttachProgram(await readOnly(client, ...attach), join(client.home, 'link'));
    await attached.next('ready');
    expect(attached.events.map(({ event }) => event)).toEqual(['up', 'ready']);
    expect(await exchange(client, attached.link, 'unattended')).toBe('unattended');
    expect(agent.stderr.text).not.toMatch(/WARN|ERROR/);

    expect(await owner.result('authorize')).toMatch(/hub +control +echo +from the environment/);
    const told = await owner.failure(2, 'authorize', '--remove', made.client.fingerprint);
    expect(told).toContain('change SERCLI_AUTHORIZED_CLIENTS and start the agent again');
    expect(await client.failure(4, 'attach', machines.address('plc'))).toContain('does not let this client use plc');

    // What the client was shown can be compared by whoever may ask the agent, whatever key is their own.
    const admin = machines.owner('owner');
    const { fingerprint, agents } = JSON.parse(await admin.result('identity', '--json')) as Record<string, unknown>;
    expect(fingerprint).not.toBe(made.agent.fingerprint);
    expect(agents).toMatchObject([{ name: 'SerialMachine', fingerprint: made.agent.fingerprint }]);
    expect(await admin.result('identity')).toContain(
      `the agent SerialMachine has another key:\n${shownFingerprint(made.agent.fingerprint)}\n`,
    );
    expect(JSON.parse(await owner.result('identity', '--json'))).toMatchObject({ agents: [] });
  });

  it('know each other from files that the environment names; another key is refused', async () => {
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(machines.folder, name), text, { mode: 0o644 });
      return join(machines.folder, name);
    };
    const host = `${machines.serialMachine.address}:7400`;
    const owner = machines.owner('another', {
      SERCLI_IDENTITY: made.agent.file,
      SERCLI_AUTHORIZED_CLIENTS: await file('clients', `${made.client.fingerprint}\n`),
    });
    const identity = { SERCLI_IDENTITY: made.client.file };
    const right = await file('right', `${host} ${made.agent.fingerprint} # rack 3\n`);
    const wrong = await file('wrong', `${host} ${made.client.fingerprint}x\n${host} ${'A'.repeat(52)}\n`);
    await owner.startAgent(...agentArguments.slice(1), '--listen', '0.0.0.0:7400');
    const client = machines.client('another-hub', { ...identity, SERCLI_KNOWN_AGENTS: right });
    expect(await client.result('ls', host)).toMatch(/ echo .*\n.* plc /);
    expect(await client.result('trust')).toMatch(/from the environment, rack 3/);
    const misled = await machines.client('misled', { ...identity, SERCLI_KNOWN_AGENTS: wrong }).failure(4, 'ls', host);
    expect(misled).toContain(`${wrong} line 1 is skipped`);
    expect(misled).toContain(`the key of ${host} is another one than before`);
  });

  it('get no identity in the place of another one, nor one that others can read', async () => {
    const admin = machines.client('admin');
    expect((await stat(made.agent.file)).mode & 0o777).toBe(0o600);
    expect(await admin.failure(1, 'identity', '--make', made.agent.file)).toContain('file already exists');
  });
});
