import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlSockets, controlDirectory, controlSocketPath, shortHostName } from './control-sockets.ts';

describe('ControlSockets', () => {
  let directory: string;
  const servers: Server[] = [];
  const listen = async (name: string, place = directory): Promise<string> => {
    const path = controlSocketPath(place, name);
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    servers.push(server);
    return path;
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    await rm(directory, { recursive: true });
  });

  it('finds an agent by its name, however it is written', async () => {
    const path = await listen('SerialMachine');
    await listen('plant');
    const sockets = new ControlSockets([directory]);
    for (const host of ['SerialMachine', 'serialmachine', 'SerialMachine.local']) {
      expect(await sockets.find(host)).toEqual({ name: 'SerialMachine', path });
    }
    expect(await sockets.find('SerialMachina')).toBeUndefined();
  });

  it('takes localhost for the only agent, or for the one that is called as the machine is', async () => {
    const sockets = new ControlSockets([directory]);
    expect(await sockets.find('localhost')).toBeUndefined();
    await listen('plant');
    expect(await sockets.find('localhost')).toMatchObject({ name: 'plant' });
    await listen('tower');
    await expect(sockets.find('localhost')).rejects.toMatchObject({
      code: 'agent-ambiguous',
      fields: { choices: expect.stringMatching(/^(plant, tower|tower, plant)$/) },
    });
    await listen(hostname().split('.')[0] ?? '');
    expect(await sockets.find('localhost')).toMatchObject({ name: shortHostName() });
  });

  it('leaves out agents that are dead, and what is no socket', async () => {
    await writeFile(controlSocketPath(directory, 'dead'), '');
    await writeFile(join(directory, 'links'), '');
    await writeFile(join(directory, '%E0%A4%A.sock'), '');
    await listen('alive');
    expect((await new ControlSockets([directory]).list()).map(({ name }) => name)).toEqual(['alive']);
  });

  it('looks into several directories, and knows those that are not there for empty', async () => {
    const other = join(directory, 'other');
    await mkdir(other, { mode: 0o700 });
    await listen('b', other);
    await listen('a');
    const sockets = new ControlSockets([directory, join(directory, 'none'), other, directory]);
    expect((await sockets.list()).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('trusts no directory that others can write to, and no link to one', async () => {
    await listen('plant');
    const link = join(directory, 'link');
    await symlink(directory, link);
    expect(await new ControlSockets([link]).list()).toEqual([]);
    await chmod(directory, 0o770);
    expect(await new ControlSockets([directory]).list()).toEqual([]);
  });
});

it('makes one file of any name', () => {
  expect(controlSocketPath('/run/sercli', 'SerialMachine')).toBe('/run/sercli/SerialMachine.sock');
  expect(controlSocketPath('/run/sercli', '../etc/x y')).toBe('/run/sercli/..%2Fetc%2Fx%20y.sock');
  expect(controlSocketPath('/run/sercli', '..')).toBe('/run/sercli/...sock');
});

it('is in the runtime directory of the user, or of the service', () => {
  const user = { XDG_RUNTIME_DIR: '/run/user/7' };
  expect(controlDirectory(user)).toBe('/run/user/7/sercli');
  expect(controlDirectory({ ...user, RUNTIME_DIRECTORY: '/run/sercli:/run/more' })).toBe('/run/sercli');
  // That of another service, in which this program was started.
  expect(controlDirectory({ ...user, RUNTIME_DIRECTORY: '/run/terminal' })).toBe('/run/user/7/sercli');
  const uid = process.getuid?.();
  expect(controlDirectory({})).toBe(uid === 0 ? '/run/sercli' : join(tmpdir(), `sercli-${uid}`));
});
