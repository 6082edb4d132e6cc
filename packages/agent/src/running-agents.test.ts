import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningAgents } from './running-agents.ts';

describe('RunningAgents', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-agents-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('forgets those whose process is gone, or another program by now', async () => {
    await writeFile(join(directory, '1.json'), JSON.stringify({ pid: 1, name: 'init', file: '/etc/x' }));
    await writeFile(join(directory, '2.json'), JSON.stringify({ pid: 4_999_999, name: 'gone', file: '/etc/x' }));
    await writeFile(join(directory, '3.json'), '{"pid":');
    expect(await new RunningAgents(directory).list()).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is empty where no agent ever was', async () => {
    expect(await new RunningAgents(join(directory, 'none')).list()).toEqual([]);
  });

  it('makes itself known and unknown again', async () => {
    const forget = await new RunningAgents(directory).register({ name: 'SerialMachine', file: '/etc/sercli.yaml' });
    expect(await readdir(directory)).toEqual([`${process.pid}.json`]);
    await forget();
    expect(await readdir(directory)).toEqual([]);
  });

  it('trusts no directory that others can write to', async () => {
    await writeFile(join(directory, '1.json'), '{}');
    await chmod(directory, 0o777);
    await expect(new RunningAgents(directory).list()).rejects.toThrow(/others can write/);
    await expect(new RunningAgents(directory).register({ name: 'a', file: 'b' })).rejects.toMatchObject({
      code: 'state-unusable',
    });
  });
});
