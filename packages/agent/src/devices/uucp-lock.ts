import { randomUUID } from 'node:crypto';
import { link, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceHolder, programName } from './device-holders.ts';

/** Where lock files are (Filesystem Hierarchy Standard 3.0, section 5.9). */
export const lockDirectory = '/var/lock';

/** Somebody else has the lock. `holder` is undefined if the file does not say who. */
export class LockedError extends Error {
  readonly holder: DeviceHolder | undefined;

  constructor(path: string, holder: DeviceHolder | undefined) {
    super(`locked by ${path}`);
    this.holder = holder;
  }
}

/** How often a stale lock is removed before giving up: others may remove and take it at the same time. */
const mostAttempts = 5;

/**
 * The lock files that keep terminal programs (minicom, picocom, cu, pppd) from one port: `LCK..ttyS0` with the
 * process id in ten characters, one for the name that was given and one for the device it leads to.
 */
export class UucpLock {
  readonly #files: string[] = [];

  /**
   * Takes the locks of `device`; none if there is no lock directory.
   *
   * @throws LockedError, or what the file system says
   */
  static async take(device: string, directory: string = lockDirectory, proc = '/proc'): Promise<UucpLock> {
    const lock = new UucpLock();
    if (!(await exists(directory))) return lock;
    try {
      for (const file of await lockFiles(device, directory)) {
        await takeFile(file, directory, proc);
        lock.#files.push(file);
      }
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    for (const file of this.#files.splice(0)) await unlink(file).catch(ignoreMissing);
  }
}

/** Who has the lock of `device`: undefined if nobody alive has; `holder` is undefined if it cannot be read. */
export async function uucpHolder(
  device: string,
  directory: string,
  proc: string,
): Promise<{ holder: DeviceHolder | undefined } | undefined> {
  for (const file of await lockFiles(device, directory)) {
    const state = await readLock(file, proc);
    if (state.kind === 'held' && state.holder?.pid !== process.pid) return { holder: state.holder };
  }
  return undefined;
}

/** Names as picocom and lockdev make them: what follows /dev/, slashes turned into underscores. */
async function lockFiles(device: string, directory: string): Promise<Set<string>> {
  const real = await realpath(device).catch(() => device);
  const nameOf = (path: string): string => path.replace(/^\/dev\//, '').replaceAll('/', '_');
  return new Set([device, real].map((path) => join(directory, `LCK..${nameOf(path)}`)));
}

/** link(2) makes the file with its content in one step, and fails if it is there already. */
async function takeFile(file: string, directory: string, proc: string): Promise<void> {
  const draft = join(directory, `LTMP.${process.pid}.${randomUUID()}`);
  await writeFile(draft, `${String(process.pid).padStart(10)}\n`, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      if (await linked(draft, file)) return;
      const state = await readLock(file, proc);
      if (state.kind === 'held') throw new LockedError(file, state.holder);
      if (state.kind === 'stale') await removeStale(file, `${draft}.stale`, proc);
    }
    throw new LockedError(file, undefined);
  } finally {
    await unlink(draft).catch(ignoreMissing);
  }
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Between the look and the removal somebody else may have made the lock theirs: then it is put back. Lock files cannot
 * do better; two programs that find one dead lock in the same instant are told apart by flock(2) on the device.
 */
async function removeStale(file: string, aside: string, proc: string): Promise<void> {
  await rename(file, aside).catch(ignoreMissing);
  if ((await readLock(aside, proc)).kind === 'held') await linked(aside, file);
  await unlink(aside).catch(ignoreMissing);
}

type LockState =
  | { readonly kind: 'free' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'held'; readonly holder: DeviceHolder | undefined };

async function readLock(file: string, proc: string): Promise<LockState> {
  const content = await readFile(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (content === undefined) return { kind: 'free' };
  const pid = lockPid(content);
  if (pid === undefined) return { kind: 'held', holder: undefined };
  if (!(await exists(join(proc, String(pid))))) return { kind: 'stale' };
  return { kind: 'held', holder: { pid, program: await programName(proc, pid) } };
}

/** Ten characters and a newline, or, from old programs, the number as the machine keeps it. */
function lockPid(content: Buffer): number | undefined {
  if (content.length === 4 && !/^\s*\d+\s*$/.test(content.toString('latin1'))) return content.readInt32LE();
  const digits = /^\s*(\d+)/.exec(content.toString('latin1'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
