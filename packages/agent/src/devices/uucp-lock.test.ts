import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedError, UucpLock, uucpHolder } from './uucp-lock.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sercli-lock-'));
  file = join(directory, 'LCK..ttyQ9');
});
afterEach(() => rm(directory, { recursive: true }));

/** No process has this number: it is above the kernel's highest (PID_MAX_LIMIT, 2^22). */
const deadPid = 4_194_305;
const take = () => UucpLock.take('/dev/ttyQ9', directory);

describe('a UUCP lock', () => {
  it('is a file with ten characters and a newline, and goes away with its release', async () => {
    const lock = await take();
    expect(await readFile(file, 'latin1')).toBe(`${String(process.pid).padStart(10)}\n`);
    expect(await readdir(directory)).toEqual(['LCK..ttyQ9']);
    await lock.release();
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['text', `${String(deadPid).padStart(10)}\n`],
    ['text with the name of the program', `${deadPid} minicom root\n`],
    ['a number as old programs write it', Buffer.from(Int32Array.of(deadPid).buffer)],
  ])('replaces one whose owner is dead: %s', async (_, content) => {
    await writeFile(file, content);
    expect(await uucpHolder('/dev/ttyQ9', directory, '/proc')).toBeUndefined();
    await (await take()).release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('respects one whose owner is alive, and names it', async () => {
    const owner = spawn('sleep', ['60']);
    await once(owner, 'spawn');
    await writeFile(file, `${String(owner.pid).padStart(10)}\n`);
    const error = await take().catch((reason: unknown) => reason);
    expect(error instanceof LockedError && error.holder).toEqual({ pid: owner.pid, program: 'sleep' });
    expect(await uucpHolder('/dev/ttyQ9', directory, '/proc')).toMatchObject({ holder: { pid: owner.pid } });
    expect(await readdir(directory)).toEqual(['LCK..ttyQ9']);
    owner.kill();
    await once(owner, 'exit');
  });

  it('respects one that says nothing of its owner', async () => {
    await writeFile(file, 'keep out');
    await expect(take()).rejects.toBeInstanceOf(LockedError);
    expect(await readFile(file, 'latin1')).toBe('keep out');
  });

  it('is taken by exactly one of many', async () => {
    for (let round = 0; round < 20; round += 1) {
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, take));
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LockedError);
      }
      for (const winner of winners) await winner.value.release();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it('is nothing where there is no lock directory', async () => {
    await (await UucpLock.take('/dev/ttyQ9', join(directory, 'none'))).release();
  });
});
