import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { SercliError } from '@sercli/protocol';

/** Who may open a virtual port. */
export interface PortAccess {
  /** Permission bits of the `/dev/pts` node; 0600 unless given. */
  readonly mode?: number;
  /** A name of /etc/passwd, or a user id; the caller unless given. */
  readonly owner?: string | number;
  /** A name of /etc/group, or a group id; unless given, what the kernel chose. */
  readonly group?: string | number;
}

const defaultMode = 0o600;
const unchanged = -1;

/** @throws SercliError `virtual-port-failed` when a name is unknown or the caller may not give the port away */
export function grantAccess(path: string, { mode = defaultMode, owner, group }: PortAccess): void {
  const uid = owner === undefined ? unchanged : idOf(owner, '/etc/passwd', 'user');
  const gid = group === undefined ? unchanged : idOf(group, '/etc/group', 'group');
  try {
    if (owner !== undefined || group !== undefined) chownSync(path, uid, gid);
    chmodSync(path, mode);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SercliError(
      'virtual-port-failed',
      { reason, remedy: 'only root may give a port to another user; leave out owner and group, or use a mode' },
      { cause },
    );
  }
}

/** Both files are lines of `name:password:id:...` (passwd(5), group(5)). */
function idOf(name: string | number, file: string, kind: string): number {
  if (typeof name === 'number') return name;
  if (/^\d+$/.test(name)) return Number(name);
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const id = Number(line?.split(':')[2] ?? Number.NaN);
  if (Number.isInteger(id)) return id;
  throw new SercliError('virtual-port-failed', {
    reason: `there is no ${kind} "${name}" in ${file}`,
    remedy: `give the name of an existing ${kind}, or its number`,
  });
}
