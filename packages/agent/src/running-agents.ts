import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf, SercliError } from '@sercli/protocol';

/** An agent of this user that reads a configuration file. */
export interface RunningAgent {
  readonly pid: number;
  readonly name: string;
  readonly file: string;
}

/**
 * The agents of this user, each with a small file in the runtime directory, so that one can be told to read its
 * configuration again. Others than this user may not even look.
 */
export class RunningAgents {
  readonly #directory: string;

  /** @param directory `$XDG_RUNTIME_DIR/sercli/agents`, for root /run/sercli/agents, unless given */
  constructor(directory: string = join(runtimeDirectory(), 'agents')) {
    this.#directory = directory;
  }

  /**
   * Makes this process known; what is returned makes it unknown again.
   *
   * @throws SercliError `state-unusable`
   */
  async register(agent: Omit<RunningAgent, 'pid'>): Promise<() => Promise<void>> {
    const path = join(this.#directory, `${process.pid}.json`);
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await this.#requireOwn();
      await writeFile(path, JSON.stringify({ ...agent, pid: process.pid }), { mode: 0o600 });
    } catch (cause) {
      const remedy = 'make it writable for this user, or choose another with XDG_RUNTIME_DIR';
      throw new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
    }
    return () => rm(path, { force: true });
  }

  /** Those that are alive. Files of agents that were killed are removed. */
  async list(): Promise<RunningAgent[]> {
    const names = await readdir(this.#directory).catch(() => []);
    if (names.length > 0) await this.#requireOwn();
    const agents = await Promise.all(names.map((name) => this.#read(join(this.#directory, name))));
    return agents.filter((agent) => agent !== undefined);
  }

  async #read(path: string): Promise<RunningAgent | undefined> {
    try {
      const agent = JSON.parse(await readFile(path, 'utf8')) as RunningAgent;
      const command = await readFile(`/proc/${agent.pid}/cmdline`, 'utf8');
      // A number that belongs to another program by now.
      if (command.split('\0').includes('agent')) return agent;
    } catch {
      // Cut short by a crash, or its process is gone.
    }
    await rm(path, { force: true });
    return undefined;
  }

  /** Signals go to whom these files name: nobody else may have written them. */
  async #requireOwn(): Promise<void> {
    const { uid, mode } = await stat(this.#directory);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error('others can write to it');
  }
}

function runtimeDirectory(): string {
  if (process.env.XDG_RUNTIME_DIR) return join(process.env.XDG_RUNTIME_DIR, 'sercli');
  return process.getuid?.() === 0 ? '/run/sercli' : join(tmpdir(), `sercli-${process.getuid?.()}`);
}
