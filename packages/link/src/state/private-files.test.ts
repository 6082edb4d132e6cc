import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PrivateFiles } from './private-files.ts';

const isRoot = process.geteuid?.() === 0;
const hasPrlimit = spawnSync('sh', ['-c', 'prlimit --version']).status === 0;

/** Runs a command of the shell, whose `$1` and so on are the arguments. */
function shell(command: string, ...args: readonly string[]): void {
  execFileSync('sh', ['-c', command, 'sh', ...args]);
}

describe('PrivateFiles', () => {
  let directory: string;
  let path: string;
  let files: PrivateFiles;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-state-'));
    path = join(directory, 'file');
    files = new PrivateFiles(directory);
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (text: string) => files.edit('file', 'secret', () => Buffer.from(text));
  const append = (text: string) =>
    files.edit('file', 'secret', (content) => Buffer.concat([content ?? Buffer.alloc(0), Buffer.from(text)]));
  const refusal = (matching: RegExp) =>
    expect.objectContaining({ code: 'state-untrusted', exit: 4, message: expect.stringMatching(matching) });
  const read = () => {
    try {
      return files.read('file', 'secret')?.toString();
    } catch (error) {
      return error;
    }
  };

  it('makes directory and file for this user alone, whatever the umask is', async () => {
    files = new PrivateFiles(join(directory, 'deep', 'state'));
    await write('one');
    await write('two');
    expect(read()).toBe('two');
    expect((await stat(files.directory)).mode & 0o777).toBe(0o700);
    expect((await stat(files.path('file'))).mode & 0o777).toBe(0o600);
    expect(await readdir(files.directory)).toEqual(['file']);
  });

  it('finds nothing where there is nothing, and makes nothing by reading', async () => {
    expect(read()).toBeUndefined();
    files = new PrivateFiles(join(directory, 'missing'));
    expect(read()).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses a secret that others can read, and says how to mend it', async () => {
    await writeFile(path, 'secret');
    await chmod(path, 0o640);
    expect(read()).toEqual(refusal(new RegExp(`other users can read it; run: chmod 600 ${path}$`)));
    expect(files.read('file', 'public')?.toString()).toBe('secret');
    await expect(write('other')).rejects.toEqual(refusal(/chmod 600/));
    expect(await readFile(path, 'utf8')).toBe('secret');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it.each([0o620, 0o602])('refuses what others can change, of mode %o', async (mode) => {
    await writeFile(path, '');
    await chmod(path, mode);
    expect(read()).toEqual(refusal(/other users can change it; run: chmod 600/));
    expect(() => files.read('file', 'public')).toThrow(/chmod 600/);
    expect(() => files.read('file', 'provisioned')).toThrow(/chmod 600/);
  });

  it.each([0o770, 0o702, 0o750, 0o704, 0o701])('refuses a directory of mode %o', async (mode) => {
    await write('text');
    await chmod(directory, mode);
    expect(read()).toEqual(refusal(new RegExp(`run: chmod 700 ${directory}$`)));
    await expect(write('other')).rejects.toEqual(refusal(/chmod 700/));
  });

  it('refuses symbolic links in the place of file and directory', async () => {
    await writeFile(join(directory, 'elsewhere'), 'text', { mode: 0o600 });
    await symlink('elsewhere', path);
    expect(read()).toEqual(refusal(/it is a symbolic link/));
    await expect(write('other')).rejects.toEqual(refusal(/it is a symbolic link/));
    await mkdir(join(directory, 'real'), { mode: 0o700 });
    await symlink('real', join(directory, 'linked'));
    for (const linked of ['linked', 'linked/']) {
      files = new PrivateFiles(`${directory}/${linked}`);
      expect(read()).toEqual(refusal(/symbolic link/));
      await expect(write('other')).rejects.toEqual(refusal(/symbolic link/));
    }
    expect(await readdir(join(directory, 'real'))).toEqual([]);
  });

  it('refuses what is no regular file without waiting for it', async () => {
    shell('mkfifo -m 600 "$1"', path);
    expect(read()).toEqual(refusal(/it is no regular file/));
    await rm(path);
    await mkdir(path);
    expect(read()).toEqual(refusal(/it is no regular file/));
  });

  it.runIf(isRoot)('refuses what belongs to another user', async () => {
    await write('text');
    await chown(path, 65534, 65534);
    expect(read()).toEqual(refusal(new RegExp(`it belongs to user 65534; run: chown 0 ${path}$`)));
    await chown(path, 0, 0);
    await chown(directory, 65534, 65534);
    expect(read()).toEqual(refusal(new RegExp(`run: chown 0 ${directory}$`)));
  });

  it('writes a path with odd characters as a word of the shell', async () => {
    files = new PrivateFiles(join(directory, "it's odd"));
    await write('text');
    await chmod(files.path('file'), 0o644);
    const command = /run: (.*)$/.exec(String((read() as Error).message))?.[1] ?? '';
    shell(command);
    expect(read()).toBe('text');
  });

  it('loses no edit of many at once', async () => {
    const others = Array.from({ length: 20 }, (_, index) => `${index}\n`);
    await Promise.all(others.map(append));
    expect(String(read()).trim().split('\n').sort()).toEqual(others.map((line) => line.trim()).sort());
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('leaves a file that needs no edit as it is', async () => {
    await write('text');
    const { ino } = await stat(path);
    await files.edit('file', 'secret', () => undefined);
    expect((await stat(path)).ino).toBe(ino);
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('does not replace what came into being without a draft', async () => {
    const edit = files.edit('file', 'secret', () => {
      shell('umask 077; echo by hand > "$1"', path);
      return Buffer.from('other');
    });
    await expect(edit).rejects.toMatchObject({ code: 'state-unusable' });
    expect(await readFile(path, 'utf8')).toBe('by hand\n');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it.runIf(hasPrlimit)('keeps the old file when the new one cannot be written in full', async () => {
    await write('old');
    // EFBIG from write(2), in the middle of the draft, as ENOSPC would come.
    const limit = (bytes: string) => shell('prlimit --pid "$1" --fsize="$2":', String(process.pid), bytes);
    limit('1000');
    try {
      await expect(write('new'.repeat(1000))).rejects.toMatchObject({ code: 'state-unusable' });
    } finally {
      limit('unlimited');
    }
    expect(read()).toBe('old');
    expect(await readdir(directory)).toEqual(['file']);
    await write('new');
    expect(read()).toBe('new');
  });

  it('takes over from a process that died over its draft', async () => {
    files = new PrivateFiles(directory, 50);
    await write('old');
    await writeFile(`${path}.draft`, 'half');
    await write('new');
    expect(read()).toBe('new');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('gives way when another process has taken over its draft', async () => {
    await write('old');
    const edit = files.edit('file', 'secret', () => {
      shell('echo theirs > "$1.other" && mv "$1.other" "$1.draft"', path);
      return Buffer.from('new');
    });
    await expect(edit).rejects.toMatchObject({ code: 'state-unusable' });
    expect(read()).toBe('old');
    expect(await readFile(`${path}.draft`, 'utf8')).toBe('theirs\n');
  });

  it('has another version after every change that can be seen', async () => {
    const settled = () => expect.poll(() => files.version('file')).toBeTypeOf('string');
    await write('one');
    await settled();
    const first = files.version('file');
    expect(files.version('file')).toBe(first);
    await chmod(path, 0o644);
    await settled();
    expect(files.version('file')).not.toBe(first);
    await rename(path, join(directory, 'gone'));
    expect(files.version('file')).toBeUndefined();
  });
});
