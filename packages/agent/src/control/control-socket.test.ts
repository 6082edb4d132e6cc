import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { reloadPath } from '@sercli/protocol';
import { requires } from '@sercli/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlSocket, openControlSocket } from './control-socket.ts';

describe('openControlSocket', () => {
  let folder: string;
  let directory: string;
  const opened: ControlSocket[] = [];
  const open = async (name: string, place = directory): Promise<ControlSocket> => {
    const socket = await openControlSocket({
      directory: place,
      name,
      onCarrier: (carrier) => carrier.abort(),
      onRequest: ({ method, url }, response) => void response.end(`${method} ${url}`),
    });
    opened.push(socket);
    return socket;
  };
  const post = (socketPath: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, path: reloadPath, method: 'POST' }, (response) => resolve(text(response)));
      asking.on('error', reject).end();
    });
  const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sercli-'));
    directory = join(folder, 'run');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((socket) => socket.close()));
    await rm(folder, { recursive: true });
  });

  it('serves on a socket that is for this user alone, and removes it at the end', async () => {
    const socket = await open('SerialMachine');
    expect(socket.path).toBe(join(directory, 'SerialMachine.sock'));
    expect([await mode(directory), await mode(socket.path)]).toEqual([0o700, 0o600]);
    expect(await post(socket.path)).toBe(`POST ${reloadPath}`);
    await socket.close();
    expect(await readdir(directory)).toEqual(['SerialMachine.sock.lock']);
    await open('SerialMachine');
  });

  it('takes the place of a dead agent, and leaves that of a live one', async () => {
    const path = join(directory, 'SerialMachine.sock');
    await mkdir(directory, { mode: 0o700 });
    const script = `require('net').createServer().listen(process.argv[1], () => console.log('up'))`;
    const dying = spawn(process.execPath, ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(dying.stdout, 'data');
    dying.kill('SIGKILL');
    await once(dying, 'exit');
    expect((await stat(path)).isSocket()).toBe(true);

    await open('SerialMachine');
    await expect(open('SerialMachine')).rejects.toMatchObject({ code: 'agent-running', exit: 5 });
    expect(await post(path)).toBe(`POST ${reloadPath}`);
    await open('plant');
  });

  it('says what to do about a path that is too long for a socket', async () => {
    const long = 'x'.repeat(107 - join(directory, '.sock').length);
    expect((await open(long)).path).toHaveLength(107);
    await expect(open(`${long}x`)).rejects.toThrow(/at most 107 bytes, and this one has 108; choose a shorter name/);
  });

  it('refuses a directory into which others may look, or that is a link or a file', async () => {
    await mkdir(directory);
    await chmod(directory, 0o750);
    await expect(open('a')).rejects.toThrow(`others may look into it; chmod 700 ${directory}`);
    await chmod(directory, 0o700);
    const link = join(folder, 'link');
    await symlink(directory, link);
    await expect(open('a', link)).rejects.toThrow(/it is no directory; remove it/);
    await expect(open('a', '/proc/version/run')).rejects.toMatchObject({ code: 'state-unusable' });
  });

  requires({ root: true })('run by root', () => {
    it('refuses the directory of another user', async () => {
      await mkdir(directory, { mode: 0o700 });
      await chown(directory, 65_534, 65_534);
      await expect(open('a')).rejects.toThrow(/it belongs to user 65534; choose another directory/);
    });
  });
});
