import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { SercliError, shellWord } from '@sercli/protocol';

/** With an access control list too: its mask, which bounds what it grants, stands in the bits of the group (acl(5)). */
const groupAndOthersWrite = 0o022;
const othersWrite = 0o002;
/** In such a directory, as /tmp, only their owners rename and remove files (inode(7)). */
const stickyBit = 0o1000;

/** As many as the kernel follows in one path (path_resolution(7)). */
const mostLinks = 40;

/**
 * The real path of a directory in which no other user can put something in the place of what this user makes; root can do
 * everything anyway. Makes it if it is missing, for nobody else to write to.
 *
 * Goes down from the root, as the kernel does, and judges each directory and each link on the way before what is behind
 * it. So nobody else can exchange one that was judged: all that lead to it belong to root or this user, are not for others
 * to write to, or keep what is not theirs from them.
 *
 * @param path absolute
 * @throws SercliError `state-untrusted`, `virtual-port-failed`; Error of node:fs
 */
export function enterTrustedDirectory(path: string): string {
  let reached = '/';
  judge(reached, lstatSync(reached));
  const ahead = namesOf(path);
  let links = 0;
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    const next = join(reached, name);
    const found = findOrMake(next);
    judge(next, found);
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > mostLinks) throw unusable(`${next} leads through more than ${mostLinks} links`);
      const target = readlinkSync(next);
      if (target.startsWith('/')) reached = '/';
      ahead.unshift(...namesOf(target));
    } else {
      reached = next;
    }
  }
  return reached;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

function findOrMake(path: string): Stats {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found;
  // Recursive: no error if another process makes it at the same time.
  mkdirSync(path, { recursive: true, mode: 0o755 });
  return lstatSync(path);
}

/** Who owns a link chose where it leads; who may write to a directory, or owns it, decides what is in it. */
function judge(path: string, found: Stats): void {
  const ownUser = process.geteuid?.() ?? 0;
  const elsewhere = 'choose another path for the link';
  if (found.uid !== 0 && found.uid !== ownUser) {
    const reason = `it belongs to user ${found.uid}, who could put something else in the place of the port`;
    throw new SercliError('state-untrusted', { path, reason, remedy: elsewhere });
  }
  if (found.isSymbolicLink()) return;
  if (!found.isDirectory()) throw unusable(`${path} is no directory`);
  if ((found.mode & writableBits(found)) === 0 || (found.mode & stickyBit) !== 0) return;
  const mayChange = found.uid === ownUser || ownUser === 0;
  throw new SercliError('state-untrusted', {
    path,
    reason: 'other users may write to it, and could put something else in the place of the port',
    remedy: mayChange ? `run: chmod go-w ${shellWord(path)} or ${elsewhere}` : elsewhere,
  });
}

/**
 * Where each user has a group of his own, with his own number, a new directory is for that group to write to (useradd(8),
 * USERGROUPS_ENAB; umask 002): nobody else is in it.
 */
function writableBits({ uid, gid }: Stats): number {
  return uid !== 0 && uid === gid ? othersWrite : groupAndOthersWrite;
}

function unusable(reason: string): SercliError {
  return new SercliError('virtual-port-failed', { reason, remedy: 'choose another path for the link' });
}
