import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A process that uses a device. */
export interface DeviceHolder {
  readonly pid: number;
  readonly program: string;
}

/** A holder as an error message names it. */
export function holderText(holder: DeviceHolder | undefined): string {
  return holder === undefined ? 'another program' : `${holder.program} (process ${holder.pid})`;
}

/** What makes two paths the same device: its number, or, for what is no device, its real path. */
export async function deviceKey(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isCharacterDevice() ? `device ${found.rdev}` : realpath(path).catch(() => undefined);
}

/**
 * Which other process has which device open, by `deviceKey`; one pass over the file descriptors in /proc.
 * Those of other users cannot be seen without privilege (proc(5): /proc/pid/fd).
 */
export async function findHolders(proc: string, dev: string): Promise<ReadonlyMap<string, DeviceHolder>> {
  const holders = new Map<string, DeviceHolder>();
  const entries = await readdir(proc).catch(() => []);
  for (const entry of entries) {
    const pid = Number(entry);
    if (!/^\d+$/.test(entry) || pid === process.pid) continue;
    for (const key of await openDevices(join(proc, entry, 'fd'), dev)) {
      holders.set(key, { pid, program: await programName(proc, pid) });
    }
  }
  return holders;
}

/** The name of a running program (proc(5): /proc/pid/comm). */
export async function programName(proc: string, pid: number): Promise<string> {
  const name = await readFile(join(proc, String(pid), 'comm'), 'utf8').catch(() => '');
  return name.trim() || 'a program';
}

async function openDevices(directory: string, dev: string): Promise<Set<string>> {
  const keys = new Set<string>();
  // A process that has ended meanwhile, or that belongs to another user, shows nothing.
  const descriptors = await readdir(directory).catch(() => []);
  for (const descriptor of descriptors) {
    const path = join(directory, descriptor);
    const target = await readlink(path).catch(() => '');
    if (!target.startsWith(`${dev}/`)) continue;
    const key = await deviceKey(path);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}
