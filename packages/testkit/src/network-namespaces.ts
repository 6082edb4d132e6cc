import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The name of the network interface in each namespace. */
const interfaceName = 'eth0';
/** Names carry pid and start time of the process that made them, so that those of the dead can be told. */
const namePattern = /^sercli-(\d+)-(\d+)-\d+$/;

/** A machine on a network of two: its own interfaces, addresses and TCP ports (ip-netns(8)). */
export class NetworkNamespace {
  readonly name: string;
  readonly address: string;

  constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
  }

  /** What to spawn to run a program here; `ip netns exec` becomes that program, so its pid is the program's. */
  commandLine(program: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ['ip', ['netns', 'exec', this.name, program, ...args]];
  }

  /** Runs a program to its end and resolves to what it printed. Rejects when it fails. */
  async execute(program: string, args: readonly string[]): Promise<string> {
    const [file, fileArgs] = this.commandLine(program, args);
    const { stdout } = await execute(file, fileArgs);
    return stdout;
  }

  /** Plugs the network cable in or pulls it out. */
  async setLink(state: 'up' | 'down'): Promise<void> {
    await ip('-n', this.name, 'link', 'set', interfaceName, state);
  }
}

/** Two machines and the cable between them. */
export interface NetworkPair {
  readonly left: NetworkNamespace;
  readonly right: NetworkNamespace;
  /** Removes both. Programs that still run there keep their namespace until they end. */
  close(): Promise<void>;
}

/** Makes two namespaces joined by a veth pair. They go when `close` is called or this process ends. Needs root. */
export async function createNetworkPair(): Promise<NetworkPair> {
  await removeThoseOfTheDead();
  const left = new NetworkNamespace(nextName(), '10.73.72.1');
  const right = new NetworkNamespace(nextName(), '10.73.72.2');
  const names = [left.name, right.name];
  const removeNow = (): void => {
    for (const name of names) execFileSync('ip', ['netns', 'delete', name]);
  };
  process.once('exit', removeNow);
  for (const name of names) await ip('netns', 'add', name);
  await ip(
    'link',
    'add',
    interfaceName,
    'netns',
    left.name,
    'type',
    'veth',
    'peer',
    interfaceName,
    'netns',
    right.name,
  );
  for (const { name, address } of [left, right]) {
    await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', interfaceName);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    await ip('-n', name, 'link', 'set', interfaceName, 'up');
  }
  return {
    left,
    right,
    async close() {
      process.removeListener('exit', removeNow);
      for (const name of names) await ip('netns', 'delete', name);
    },
  };
}

/** A test process that was killed could not clean up: its namespaces and what runs in them end here. */
async function removeThoseOfTheDead(): Promise<void> {
  const lines = (await ip('netns', 'list')).split('\n');
  for (const name of lines.flatMap((line) => line.split(' ')[0] ?? [])) {
    const [, pid, startTime] = namePattern.exec(name) ?? [];
    if (pid === undefined || startTimeOf(Number(pid)) === startTime) continue;
    const programs = (await ip('netns', 'pids', name)).split('\n').filter((line) => line !== '');
    for (const program of programs) process.kill(Number(program), 'SIGKILL');
    await ip('netns', 'delete', name);
  }
}

let made = 0;

function nextName(): string {
  made += 1;
  return `sercli-${process.pid}-${startTimeOf(process.pid)}-${made}`;
}

/** In clock ticks since boot, the 22nd field of /proc/PID/stat (proc(5)); undefined when there is no such process. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function ip(...args: string[]): Promise<string> {
  return (await execute('ip', args)).stdout;
}
