import { lstat, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SercliError } from '@sercli/protocol';

/** The runtime directory of the agent that is a service of the system (RuntimeDirectory= of systemd.exec(5)). */
const serviceDirectory = '/run/sercli';

const suffix = '.sock';

/** Bytes of a socket's path at most: sun_path of unix(7) without its final zero. Node cuts a longer one short, silently. */
export const maxSocketPathBytes = 107;

/** An agent of this machine, by its control socket. */
export interface LocalAgent {
  /** What the agent was called when it started. */
  readonly name: string;
  readonly path: string;
}

/**
 * Where an agent that starts now has its control socket: /run/sercli as a service whose runtime directory that is, else
 * `$XDG_RUNTIME_DIR/sercli`, else /run/sercli for root and `sercli-UID` among the temporary files for others.
 */
export function controlDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const isService = environment.RUNTIME_DIRECTORY?.split(':').includes(serviceDirectory) === true;
  return isService ? serviceDirectory : userDirectory(environment);
}

/** The control socket of the agent called `name`. Whatever stands in a name, it is one file in `directory`. */
export function controlSocketPath(directory: string, name: string): string {
  return join(directory, `${encodeURIComponent(name)}${suffix}`);
}

/** The name of this machine without its domain, by which its agent is known unless it is given another. */
export function shortHostName(): string {
  return hostname().split('.')[0] || 'agent';
}

/** The control sockets of this machine that this user may open: those of its own agents, and that of the service. */
export class ControlSockets {
  readonly #directories: readonly string[];

  /** @param directories where to look, the preferred one first; this user's own and /run/sercli unless given */
  constructor(directories: readonly string[] = [userDirectory(process.env), serviceDirectory]) {
    this.#directories = [...new Set(directories)];
  }

  /** Those whose agent is alive. */
  async list(): Promise<LocalAgent[]> {
    const found = await Promise.all(this.#directories.map(socketsIn));
    const areAlive = await Promise.all(found.flat().map(({ path }) => isAnswered(path)));
    return found.flat().filter((_socket, index) => areAlive[index]);
  }

  /**
   * The socket of the agent that `host` names here: `localhost` is the one agent that there is, or the one that is called
   * as the machine is.
   *
   * @throws SercliError `agent-ambiguous`
   */
  async find(host: string): Promise<LocalAgent | undefined> {
    const sockets = await this.list();
    const named = (name: string): LocalAgent | undefined =>
      sockets.find((socket) => socket.name.toLowerCase() === name.toLowerCase());
    if (host.toLowerCase() !== 'localhost') return named(host.replace(/\.local\.?$/i, ''));
    const [only, ...others] = sockets;
    if (others.length === 0) return only;
    const own = named(shortHostName());
    if (own !== undefined) return own;
    throw new SercliError('agent-ambiguous', { host, choices: sockets.map(({ name }) => name).join(', ') });
  }
}

/** Whether somebody listens who may be reached: a socket outlives an agent that was killed. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function socketsIn(directory: string): Promise<LocalAgent[]> {
  if (!(await isTrusted(directory))) return [];
  // Another user's: what cannot be read has nothing for this one.
  const files = await readdir(directory).catch(() => []);
  const sockets = files.filter((file) => file.endsWith(suffix));
  return sockets
    .map((file) => ({ name: nameOf(file), path: join(directory, file) }))
    .filter(({ path }) => Buffer.byteLength(path) <= maxSocketPathBytes);
}

function nameOf(file: string): string {
  const name = file.slice(0, -suffix.length);
  try {
    return decodeURIComponent(name);
  } catch {
    // Not the work of `controlSocketPath`; then it is what it looks like.
    return name;
  }
}

/** Whoever can make a socket here could pass for an agent. In /run only root makes directories, and says whose they are. */
async function isTrusted(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  const isOurs = directory === serviceDirectory || found.uid === process.getuid?.();
  return isOurs && (found.mode & 0o022) === 0;
}

function userDirectory({ XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string {
  if (XDG_RUNTIME_DIR) return join(XDG_RUNTIME_DIR, 'sercli');
  return process.getuid?.() === 0 ? serviceDirectory : join(tmpdir(), `sercli-${process.getuid?.()}`);
}
