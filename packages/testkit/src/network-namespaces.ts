import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Names carry pid and start time of the process that made them, so that those of the dead can be told. */
const namePattern = /^sercli-(\d+)-(\d+)-\d+$/;

/** Who has an IPv6 address is looked for over a second, in which it cannot be used (RFC 4862, section 5.4): not here. */
const acceptDad = '/proc/sys/net/ipv6/conf/default/accept_dad';

/** A machine: its own interfaces, addresses and TCP ports (ip-netns(8)). */
export class NetworkNamespace {
  readonly name: string;
  /** One for each interface: that of eth0 first. */
  readonly addresses: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** That of eth0. */
  get address(): string {
    const [address] = this.addresses;
    if (address === undefined) throw new Error(`${this.name} is on no network`);
    return address;
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
  async setLink(state: 'up' | 'down', interfaceName = 'eth0'): Promise<void> {
    await ip('-n', this.name, 'link', 'set', interfaceName, state);
  }
}

/** Machines that go when `close` is called or this process ends. Programs that still run there keep them until they end. */
export interface Network {
  close(): Promise<void>;
}

/** Two machines and the cable between them. */
export interface NetworkPair extends Network {
  readonly left: NetworkNamespace;
  readonly right: NetworkNamespace;
}

/** Two machines that do not see each other, and one between them with a cable to each: eth0 to the left, eth1 to the right. */
export interface NetworkChain extends NetworkPair {
  readonly middle: NetworkNamespace;
}

/** Makes two namespaces joined by a veth pair. Needs root. */
export async function createNetworkPair(): Promise<NetworkPair> {
  const [left, right] = [new NetworkNamespace(nextName()), new NetworkNamespace(nextName())];
  const network = await createNamespaces([left, right]);
  await connect(left, right, '10.73.72');
  return { left, right, ...network };
}

/** Makes three namespaces in a row. Needs root. */
export async function createNetworkChain(): Promise<NetworkChain> {
  const [left, middle, right] = [
    new NetworkNamespace(nextName()),
    new NetworkNamespace(nextName()),
    new NetworkNamespace(nextName()),
  ];
  const network = await createNamespaces([left, middle, right]);
  await connect(middle, left, '10.73.72');
  await connect(middle, right, '10.73.73');
  return { left, middle, right, ...network };
}

async function createNamespaces(namespaces: readonly NetworkNamespace[]): Promise<Network> {
  await removeThoseOfTheDead();
  const removeNow = (): void => {
    for (const { name } of namespaces) execFileSync('ip', ['netns', 'delete', name]);
  };
  process.once('exit', removeNow);
  for (const { name } of namespaces) {
    await ip('netns', 'add', name);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    await ip('netns', 'exec', name, 'sh', '-c', `echo 0 >${acceptDad}`);
  }
  return {
    async close() {
      process.removeListener('exit', removeNow);
      for (const { name } of namespaces) await ip('netns', 'delete', name);
    },
  };
}

/** Gives each of the two another interface, its end of a veth pair: addresses .1 and .2 of a network of 24 bits. */
async function connect(one: NetworkNamespace, other: NetworkNamespace, network: string): Promise<void> {
  const end = ({ name, addresses }: NetworkNamespace): string[] => [`eth${addresses.length}`, 'netns', name];
  await ip('link', 'add', ...end(one), 'type', 'veth', 'peer', ...end(other));
  for (const [index, { name, addresses }] of [one, other].entries()) {
    const interfaceName = `eth${addresses.length}`;
    const address = `${network}.${index + 1}`;
    await ip('-n', name, 'address', 'add', `${address}/24`, 'dev', interfaceName);
    await ip('-n', name, 'link', 'set', interfaceName, 'up');
    addresses.push(address);
  }
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
