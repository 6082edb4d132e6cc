import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ListedPort, parsePortList } from '@sercli/protocol';
import { ChildProgram } from '@sercli/testkit';
import { AttachProgram } from './attach-program.ts';
import { freeTcpPort } from './free-tcp-port.ts';
import { sercliProgram } from './sercli-program.ts';

/** An agent and its clients on the loopback interface of this machine, where a proxy can stand between them. */
export class OneMachine {
  /** An empty folder for whatever the test makes. */
  readonly folder: string;
  /** Where the agent listens, each time it is started. */
  readonly tcpPort: number;
  readonly #agents: ChildProgram[] = [];
  readonly #clients: ChildProgram[] = [];

  static async create(): Promise<OneMachine> {
    return new OneMachine(await mkdtemp(join(tmpdir(), 'sercli-test-')), await freeTcpPort());
  }

  private constructor(folder: string, tcpPort: number) {
    this.folder = folder;
    this.tcpPort = tcpPort;
  }

  /** Starts an agent and waits until it listens. */
  async startAgent(...options: string[]): Promise<ChildProgram> {
    const listen = ['--listen', `127.0.0.1:${this.tcpPort}`, '--no-advertise', '--open'];
    const agent = await this.#run('agent-home', 'agent', ...listen, ...options);
    this.#agents.push(agent);
    await agent.stderr.waitFor(/listening on \S+:\d+/);
    return agent;
  }

  /** Starts an agent whose configuration file has these ports. */
  async startConfigured(ports: object): Promise<ChildProgram> {
    const file = join(this.folder, 'sercli.yaml');
    await writeFile(file, JSON.stringify({ ports }));
    return this.startAgent('--config', file);
  }

  /** What the agent tells of one of its ports. */
  async port(name: string): Promise<ListedPort> {
    const list = await this.#run('client-home', 'ls', `127.0.0.1:${this.tcpPort}`, '--json');
    await list.expectExit(0);
    const port = parsePortList(list.stdout.text).ports.find((each) => each.name === name);
    if (port === undefined) throw new Error(`the agent has no ${name}`);
    return port;
  }

  /** Attaches `dut` and waits until it is ready. */
  async attach(tcpPort: number, ...options: string[]): Promise<AttachProgram> {
    const link = join(this.folder, `link-${this.#clients.length}`);
    const address = `127.0.0.1:${tcpPort}/dut`;
    const program = await this.#run('client-home', 'attach', address, '--json', '--link', link, ...options);
    this.#clients.push(program);
    const attached = new AttachProgram(program, link);
    await attached.next('ready');
    return attached;
  }

  /** Ends what still runs and removes the folder. */
  async close(): Promise<void> {
    for (const client of this.#clients) await client.end('SIGKILL');
    // In order, so that it takes its lock files away.
    for (const agent of this.#agents) await agent.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Identities, records of links and whatever else sercli keeps: apart from those of this machine's user. */
  async #run(homeName: string, ...args: string[]): Promise<ChildProgram> {
    const home = join(this.folder, homeName);
    const runtime = join(home, 'run');
    await mkdir(runtime, { recursive: true, mode: 0o700 });
    const environment = { HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
    return ChildProgram.start(sercliProgram, args, { environment });
  }
}
