import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AgentConnections, ClientAccess, watchPorts } from '@sercli/client/tools';
import { type ListedPort, parseAgentAddress, parsePortAddress, type SessionRequest } from '@sercli/protocol';
import { ChildProgram, LinkApplication } from '@sercli/testkit';
import { AttachProgram } from '../support/attach-program.ts';
import { sercliProgram } from '../support/sercli-program.ts';
import { Guest } from './guest.ts';
import { type GuestProgram, patienceMs } from './guest-program.ts';
import { LoopbackDoor } from './loopback-door.ts';

/** How long an agent may take to start in the guest, in milliseconds. */
const startTimeoutMs = 120_000;
const agentTcpPort = 7372;
const configFile = '/tmp/config.yaml';

/** The guest with an agent that serves its hardware, and its clients: those on the laptop, and links of this process. */
export class SerialHost {
  readonly guest: Guest;
  readonly agent: GuestProgram;
  readonly #door: LoopbackDoor;
  readonly #access: ClientAccess;
  readonly #connections: AgentConnections;
  readonly #programs: ChildProgram[] = [];

  /** @param config is the agent's configuration file */
  static async start(config: string): Promise<SerialHost> {
    const guest = await Guest.boot();
    try {
      await guest.writeFile(configFile, config);
      const environment = 'HOME=/tmp XDG_CONFIG_HOME= XDG_STATE_HOME=/tmp/state XDG_RUNTIME_DIR=/run';
      const agent = await guest.start(`env ${environment} node ${sercliProgram} agent --open --config ${configFile}`);
      await agent.output.waitFor(/advertised as/, startTimeoutMs);
      return new SerialHost(
        guest,
        agent,
        await LoopbackDoor.open(guest.laptop, `${guest.address}:${agentTcpPort}`, guest.folder),
      );
    } catch (error) {
      await guest.close();
      throw error;
    }
  }

  private constructor(guest: Guest, agent: GuestProgram, door: LoopbackDoor) {
    this.guest = guest;
    this.agent = agent;
    this.#door = door;
    this.#access = new ClientAccess({ directory: join(guest.folder, 'client') });
    this.#connections = new AgentConnections({ client: { name: 'test', software: 'test/1' }, access: this.#access });
  }

  /** Resolves to what the agent tells of a port once that is as the test wants it. */
  async portIs(name: string, isAsWanted: (port: ListedPort) => boolean): Promise<ListedPort> {
    const enough = new AbortController();
    const address = parseAgentAddress(`127.0.0.1:${this.#door.tcpPort}`);
    try {
      for await (const { ports } of watchPorts(address, { access: this.#access, signal: enough.signal })) {
        const port = ports.find((each) => each.name === name);
        if (port !== undefined && isAsWanted(port)) return port;
      }
    } finally {
      enough.abort();
    }
    throw new Error(`the agent ended before ${name} was as it should be`);
  }

  /** Opens a port of the agent as a link. */
  async open(port: string, request: Omit<SessionRequest, 'port'> = {}): Promise<LinkApplication> {
    const address = parsePortAddress(`127.0.0.1:${this.#door.tcpPort}/${port}`);
    return new LinkApplication(await this.#connections.open(address, request));
  }

  /** Runs sercli on the laptop. */
  async sercli(...args: string[]): Promise<ChildProgram> {
    const home = join(this.guest.folder, 'laptop');
    const runtime = join(home, 'run');
    await mkdir(runtime, { recursive: true, mode: 0o700 });
    const environment = { HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
    const options = { namespace: this.guest.laptop, environment };
    const program = await ChildProgram.start(process.execPath, [sercliProgram, ...args], options);
    this.#programs.push(program);
    return program;
  }

  /** Attaches a port on the laptop and waits until it is ready. */
  async attach(address: string, ...options: string[]): Promise<AttachProgram> {
    const link = join(this.guest.folder, `link-to-${basename(address)}`);
    const program = await this.sercli('attach', address, '--json', '--link', link, ...options);
    const attached = new AttachProgram(program, link);
    await attached.next('ready', patienceMs);
    return attached;
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.end('SIGKILL');
    await this.#door.close();
    await this.guest.close();
  }
}
