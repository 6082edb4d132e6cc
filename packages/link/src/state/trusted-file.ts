import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { SercliError, shellWord } from '@sercli/protocol';

/**
 * Who else may read a file: nobody (`secret`), anybody (`public`), or nobody unless it is a read-only file of root
 * (`provisioned`): so a container engine mounts a secret into the container that it is for.
 */
export type Audience = 'secret' | 'public' | 'provisioned';

const groupAndOthersWrite = 0o022;
const groupAndOthersRead = 0o044;
/** Into a directory: to list it (r), and to reach what is in it (x). */
const groupAndOthersLook = 0o055;
const anybodyWrites = 0o222;

/**
 * The content of a file that nobody else can have written; undefined if there is none. It is judged by its open
 * descriptor, so it cannot be exchanged between the check and the reading.
 *
 * @throws SercliError `state-untrusted`; Error of node:fs
 */
export function readTrustedFile(path: string, audience: Audience): Buffer | undefined {
  // O_NONBLOCK: the open of a FIFO would wait for somebody who writes (fifo(7)).
  const file = openUnlinked(path, constants.O_NONBLOCK);
  if (file === undefined) return undefined;
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw untrusted(path, 'it is no regular file', `look at it: ls -ld ${shellWord(path)}`);
    checkOwner(path, found);
    const isRootsOwn = found.uid === 0 && (found.mode & anybodyWrites) === 0;
    const isSecret = audience === 'secret' || (audience === 'provisioned' && !isRootsOwn);
    const mayRead = isSecret && (found.mode & groupAndOthersRead) !== 0;
    if ((found.mode & groupAndOthersWrite) !== 0 || mayRead) {
      throw untrusted(path, `other users can ${mayRead ? 'read' : 'change'} it`, `run: chmod 600 ${shellWord(path)}`);
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Whether there is such a directory, which is for this user alone: nobody else can put files into it, nor look into it.
 *
 * @throws SercliError `state-untrusted`; Error of node:fs
 */
export function isTrustedDirectory(path: string): boolean {
  const directory = openUnlinked(path, constants.O_DIRECTORY);
  if (directory === undefined) return false;
  try {
    const found = fstatSync(directory);
    checkOwner(path, found);
    const remedy = `run: chmod 700 ${shellWord(path)}`;
    if ((found.mode & groupAndOthersWrite) !== 0) throw untrusted(path, 'other users can put files into it', remedy);
    // One that root has prepared for this user has to let it in.
    const isOwn = found.uid === ownUser();
    if (isOwn && (found.mode & groupAndOthersLook) !== 0) throw untrusted(path, 'other users can look into it', remedy);
    return true;
  } finally {
    closeSync(directory);
  }
}

function openUnlinked(path: string, flags: number): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | flags);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    // O_NOFOLLOW tells a link by ELOOP, with O_DIRECTORY by ENOTDIR (open(2)).
    if (code === 'ELOOP') {
      const itself = `"$(readlink -f ${shellWord(path)})"`;
      throw untrusted(path, 'it is a symbolic link', `run: cp --remove-destination ${itself} ${shellWord(path)}`);
    }
    if (code === 'ENOTDIR') {
      throw untrusted(path, 'it is no directory or a symbolic link', 'put the directory itself in its place');
    }
    if (code !== 'EACCES') throw error;
    const remedy = `run as its owner, or make it yours: chown ${ownUser()} ${shellWord(path)}`;
    throw new SercliError('state-untrusted', { path, reason: 'this user may not read it', remedy }, { cause: error });
  }
}

/** What belongs to root is trusted: root can do everything anyway. */
function checkOwner(path: string, found: Stats): void {
  if (found.uid === 0 || found.uid === ownUser()) return;
  throw untrusted(path, `it belongs to user ${found.uid}`, `run: chown ${ownUser()} ${shellWord(path)}`);
}

function ownUser(): number {
  return process.geteuid?.() ?? 0;
}

function untrusted(path: string, reason: string, remedy: string): SercliError {
  return new SercliError('state-untrusted', { path, reason, remedy });
}
