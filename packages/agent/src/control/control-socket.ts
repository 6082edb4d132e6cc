import { closeSync, openSync } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { controlSocketPath, type LocalListenOptions, listenLocal, maxSocketPathBytes } from '@sercli/link';
import { reasonOf, SercliError } from '@sercli/protocol';
import { tryLockFile } from '@sercli/tty';

export interface ControlSocketOptions extends Pick<LocalListenOptions, 'onCarrier' | 'onRequest'> {
  /** Only this user may look into it; it is made if it is missing. */
  readonly directory: string;
  /** The agent's name. */
  readonly name: string;
}

/** An agent's socket for this machine. */
export interface ControlSocket {
  readonly path: string;
  /** Cuts what is connected and removes the socket. */
  close(): Promise<void>;
}

/**
 * Listens on the socket of the agent `name`. The socket of an agent that was killed is replaced: a lock beside it, which
 * ends with the process, tells the living from the dead.
 *
 * @throws SercliError `agent-running`, `state-unusable`, `listen-failed`
 */
export async function openControlSocket({
  directory,
  name,
  ...handlers
}: ControlSocketOptions): Promise<ControlSocket> {
  const path = controlSocketPath(directory, name);
  refuseLong(path);
  await makePrivate(directory);
  const unlock = lockName(path, name);
  try {
    await rm(path, { force: true });
    const listener = await listenLocal({ path, ...handlers });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= listener.close().finally(unlock);
      return closing;
    };
    return { path, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

function refuseLong(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= maxSocketPathBytes) return;
  const reason = `the path of a socket has at most ${maxSocketPathBytes} bytes, and this one has ${bytes}`;
  const remedy = 'choose a shorter name with --name, or a shorter directory with XDG_RUNTIME_DIR';
  throw new SercliError('state-unusable', { path, reason, remedy });
}

/** In a shared directory somebody else may have made ours before us, or put a link in its place. */
async function makePrivate(path: string): Promise<void> {
  const elsewhere = 'choose another directory with XDG_RUNTIME_DIR';
  const refuse = (reason: string, remedy: string, cause?: unknown): SercliError =>
    new SercliError('state-unusable', { path, reason, remedy }, { cause });
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refuse(reasonOf(cause), elsewhere, cause);
  }
  const found = await lstat(path);
  if (!found.isDirectory()) throw refuse('it is no directory', `remove it, or ${elsewhere}`);
  if (found.uid !== process.getuid?.()) throw refuse(`it belongs to user ${found.uid}`, elsewhere);
  if ((found.mode & 0o077) !== 0) throw refuse('others may look into it', `chmod 700 ${path}`);
}

/** The lock stays when the agent ends: another one may be about to take it. */
function lockName(socketPath: string, name: string): () => void {
  const path = `${socketPath}.lock`;
  let lock: number;
  try {
    lock = openSync(path, 'w', 0o600);
  } catch (cause) {
    const remedy = 'make it writable for this user';
    throw new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
  }
  if (tryLockFile(lock)) return () => closeSync(lock);
  closeSync(lock);
  throw new SercliError('agent-running', { name, path: socketPath });
}
