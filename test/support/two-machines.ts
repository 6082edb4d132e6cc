import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  ChildProgram,
  createNetworkPair,
  type NetworkNamespace,
  type NetworkPair,
  TerminalProgram,
} from '@sercli/testkit';
import { sercliProgram } from './sercli-program.ts';
import { until } from './until.ts';
import { User } from './user.ts';

/** What every suite on two machines needs of the one that it runs on. */
export const twoMachineRequirements = { root: true, networkNamespaces: true, programs: ['ip'] } as const;

/** What a suite needs besides whose machines have users and names. */
export const userRequirements = { ...twoMachineRequirements, programs: ['ip', 'unshare', 'hostname'] } as const;

/** The machine with the serial device and the laptop, each in a network namespace of its own, with a cable between. */
export class TwoMachines {
  readonly serialMachine: NetworkNamespace;
  readonly laptop: NetworkNamespace;
  /** An empty folder for whatever the test makes. */
  readonly folder: string;
  readonly #network: NetworkPair;
  readonly #programs: (ChildProgram | TerminalProgram)[] = [];
  readonly #users: User[] = [];

  static async create(): Promise<TwoMachines> {
    const network = await createNetworkPair();
    return new TwoMachines(network, await mkdtemp(join(tmpdir(), 'sercli-test-')));
  }

  private constructor(network: NetworkPair, folder: string) {
    this.#network = network;
    this.serialMachine = network.left;
    this.laptop = network.right;
    this.folder = folder;
  }

  /** Resolves when both ends of the cable are in use: the kernel takes up to a second to see that they are joined. */
  async networkIsUp(): Promise<void> {
    for (const machine of [this.serialMachine, this.laptop]) {
      const state = (): Promise<string> => machine.execute('cat', ['/sys/class/net/eth0/operstate']);
      await until(`the network of ${machine.name} is up`, async () => (await state()).trim() === 'up');
    }
  }

  /** The address of a port that the agent serves. */
  address(port: string): string {
    return `${this.serialMachine.address}/${port}`;
  }

  /** Somebody on SerialMachine, who may run an agent there. */
  owner(name: string = 'owner', environment: Readonly<Record<string, string>> = {}): User {
    return this.#user(name, this.serialMachine, 'SerialMachine', environment);
  }

  /** Somebody on the laptop. */
  client(name: string, environment: Readonly<Record<string, string>> = {}): User {
    return this.#user(name, this.laptop, 'laptop', environment);
  }

  /** Starts a program on one of the machines. */
  async run(machine: NetworkNamespace, program: string, args: readonly string[]): Promise<ChildProgram> {
    const child = await ChildProgram.start(program, args, {
      namespace: machine,
      environment: await this.#home(machine),
    });
    this.#programs.push(child);
    return child;
  }

  /** Starts an interactive program on the laptop. */
  async runOnTerminal(program: string, args: readonly string[]): Promise<TerminalProgram> {
    const environment = await this.#home(this.laptop);
    const terminal = new TerminalProgram(program, args, { namespace: this.laptop, environment });
    this.#programs.push(terminal);
    return terminal;
  }

  sercli(machine: NetworkNamespace, ...args: string[]): Promise<ChildProgram> {
    return this.run(machine, sercliProgram, args);
  }

  /** The command line of sercli on a terminal of the laptop. */
  sercliOnTerminal(...args: string[]): Promise<TerminalProgram> {
    return this.runOnTerminal(sercliProgram, args);
  }

  /** Starts an agent that is open, and waits until it listens; each port is what `--port` takes. */
  async startAgent(ports: readonly string[], ...options: string[]): Promise<ChildProgram> {
    const agent = await this.sercli(
      this.serialMachine,
      'agent',
      '--open',
      ...ports.flatMap((port) => ['--port', port]),
      ...options,
    );
    await agent.stderr.waitFor(/listening on \S+:\d+/);
    return agent;
  }

  /** Attaches a port of the agent on the laptop and waits until it is ready. */
  attach(port: string, ...options: string[]): Promise<Attachment> {
    return this.attachAt(this.address(port), ...options);
  }

  async attachAt(address: string, ...options: string[]): Promise<Attachment> {
    const link = join(this.folder, `link-to-${basename(address)}`);
    const program = await this.sercli(this.laptop, 'attach', address, '--link', link, ...options);
    await program.stdout.waitFor(options.includes('--json') ? /"event":"ready".*\n/ : / is at .*\n/);
    return { link, program };
  }

  /** Ends what still runs and removes machines and folder. */
  async close(): Promise<void> {
    for (const user of this.#users.reverse()) await user.end();
    for (const program of this.#programs.reverse())
      await (program instanceof ChildProgram ? program.end('SIGKILL') : program.end());
    await this.#network.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #user(
    name: string,
    namespace: NetworkNamespace,
    hostName: string,
    environment: Readonly<Record<string, string>>,
  ): User {
    const user = new User(join(this.folder, name), { namespace, hostName, environment });
    this.#users.push(user);
    return user;
  }

  /** Certificates, records of links and whatever else sercli keeps: apart from those of the machine that tests. */
  async #home(machine: NetworkNamespace): Promise<Record<string, string>> {
    const home = join(this.folder, machine.name);
    const runtime = join(home, 'run');
    await mkdir(runtime, { recursive: true, mode: 0o700 });
    return {
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      XDG_CONFIG_HOME: '',
      XDG_STATE_HOME: '',
      TERM: 'xterm',
      LANG: 'C.UTF-8',
    };
  }
}

/** A port of the agent as a PTY of the laptop. */
export interface Attachment {
  /** Path of the symbolic link that applications open. */
  readonly link: string;
  readonly program: ChildProgram;
}
