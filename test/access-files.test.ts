import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildProgram, requires } from '@sercli/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freeTcpPort } from './support/free-tcp-port.ts';
import { User } from './support/user.ts';

/** The user nobody. */
const another = 65534;

/** What makes a file one that others can have written or read, and what is told of it. */
const faults = {
  'of another owner': { spoil: (path: string) => chown(path, another, another), told: 'it belongs to user 65534' },
  'that others can write': { spoil: (path: string) => chmod(path, 0o622), told: 'other users can change it' },
  'that others can read': { spoil: (path: string) => chmod(path, 0o644), told: 'other users can read it' },
} as const;
type Fault = keyof typeof faults;

requires({ root: true })('files of state that others have access to', () => {
  let folder: string;
  let owner: User;
  let anna: User;
  let agent: ChildProgram;
  let host: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-test-'));
    // Others get as far as the homes.
    await chmod(folder, 0o755);
    [owner, anna] = [new User(join(folder, 'owner')), new User(join(folder, 'anna'))];
    host = `127.0.0.1:${await freeTcpPort()}`;
    agent = await owner.startAgent(
      '--listen',
      host,
      '--no-advertise',
      '--port',
      'echo=sim:echo',
      '--port',
      'b=sim:echo',
    );
    await owner.letIn(anna);
    await anna.result('ls', host);
  });
  afterAll(async () => {
    await anna.end();
    await owner.end();
    await rm(folder, { recursive: true });
  });

  const asks = (): Record<string, string[]> => ({
    attach: ['attach', `${host}/b`],
    ls: ['ls', host],
    console: ['console', `${host}/b`],
    trust: ['trust'],
    identity: ['identity'],
    agent: ['agent', '--listen', '127.0.0.1:0', '--no-advertise', '--port', 'echo=sim:echo'],
  });
  /** All refuse with the same words; resolves to the command in them. */
  const refusals = async (user: User, path: string, told: string, programs: readonly string[]): Promise<string> => {
    const texts = await Promise.all(programs.map((name) => user.failure(4, ...(asks()[name] ?? []))));
    for (const text of texts) expect(text).toContain(`sercli: will not use ${path}: ${told}; `);
    return texts[0]?.match(/; run: (.+)\n$/)?.[1] ?? '';
  };
  /** Does what was said as it was said. */
  const mend = async (user: User, command: string): Promise<void> => {
    const shell = await user.run('sh', ['-ec', command]);
    await shell.expectExit(0);
  };

  it.each([
    ['identity.pem', 'of another owner', ['attach', 'ls', 'console', 'identity', 'agent']],
    ['identity.pem', 'that others can write', ['identity', 'agent']],
    ['identity.pem', 'that others can read', ['identity', 'agent']],
    ['known_agents', 'of another owner', ['attach', 'ls', 'console', 'trust']],
    ['known_agents', 'that others can write', ['attach', 'trust']],
  ] satisfies [string, Fault, string[]][])(
    '%s %s is refused with the command that mends it',
    async (name, fault, programs) => {
      const path = anna.state(name);
      const { spoil, told } = faults[fault];
      await spoil(path);
      await mend(anna, await refusals(anna, path, told, programs));
      await anna.result(...(asks()[programs.includes('trust') ? 'trust' : 'identity'] ?? []));
    },
  );

  it.each(['identity.pem', 'known_agents'])('a link in the place of %s is refused', async (name) => {
    const path = anna.state(name);
    await rename(path, `${path}.real`);
    await symlink(`${path}.real`, path);
    await refusals(anna, path, 'it is a symbolic link', ['attach', name === 'known_agents' ? 'trust' : 'agent']);
    await rename(`${path}.real`, path);
    await anna.result('ls', host);
  });

  it.each([
    [0o770, 'other users can put files into it'],
    [0o755, 'other users can look into it'],
  ])('a directory of mode %o is refused', async (mode, told) => {
    const directory = anna.state().replace(/\/$/, '');
    await chmod(directory, mode);
    const programs = ['attach', 'trust', 'identity', 'agent'];
    await mend(anna, await refusals(anna, directory, told, programs));
    await anna.result('ls', host);
  });

  it('with an authorized_clients that others can write, sessions end until it is mended', async () => {
    const attached = await anna.attach(`${host}/echo`);
    await attached.next('ready');
    await chmod(owner.state('authorized_clients'), 0o622);
    expect(await attached.next('lost')).toMatchObject({ code: 'not-authorized' });
    await attached.waits();
    const [, command = ''] = await agent.stderr.waitFor(/no client is let in: .*; run: (.+)\n/);
    await mend(owner, command);
    await attached.next('up');
    await attached.program.end('SIGTERM');
  });

  it('with an authorized_clients of another owner, or a link in its place, nobody is let in', async () => {
    const path = owner.state('authorized_clients');
    const isRefused = async (problem: string): Promise<void> => {
      expect(await anna.failure(7, 'ls', host)).toContain('does not know this client');
      await agent.stderr.waitFor(new RegExp(`no client is let in: will not use ${path}: ${problem}`));
      expect(await owner.failure(4, 'authorize')).toContain(`${path}: ${problem}`);
    };
    await chown(path, another, another);
    await isRefused(`it belongs to user ${another}; run: chown 0 ${path}`);
    await mend(owner, `chown 0 ${path}`);
    await anna.result('ls', host);
    await rename(path, `${path}.real`);
    await symlink(`${path}.real`, path);
    await isRefused('it is a symbolic link');
    await mend(owner, `cp --remove-destination "$(readlink -f ${path})" ${path}`);
    await anna.result('ls', host);
  });

  it('a line of authorized_clients that cannot be read is told with its number, and lets nobody in', async () => {
    const bob = new User(join(folder, 'bob'));
    await owner.letIn(bob, 'rol=monitor');
    expect(await bob.failure(7, 'ls', host)).toContain('does not know this client');
    await agent.stderr.waitFor(/skipped line 2 of .*authorized_clients: "rol=monitor" is not role=/);
    expect(await owner.result('authorize')).toContain('  line 2 lets nobody in: "rol=monitor" is not role=');
    await anna.result('ls', host);
  });

  it('a link is not made where others could put something in its place', async () => {
    const place = join(anna.home, 'shared');
    await mkdir(place);
    await chmod(place, 0o777);
    const link = ['--link', join(place, 'port')];
    const told = await anna.failure(4, 'attach', `${host}/b`, ...link);
    expect(told).toContain(`will not use ${place}: other users may write to it`);
    await mend(anna, told.match(/; run: (chmod go-w \S+) or/)?.[1] ?? told);
    const attach = await anna.sercli('attach', `${host}/b`, ...link);
    await attach.stdout.waitFor(/ is at /);
    await attach.end('SIGTERM');
    await chown(place, another, another);
    expect(await anna.failure(4, 'attach', `${host}/b`, ...link)).toContain(`${place}: it belongs to user 65534`);
  });
});
