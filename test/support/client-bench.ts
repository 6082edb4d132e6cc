import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, type AgentOptions, parsePortSpec } from '@sercli/agent';
import { Client, type ClientOptions, type ConnectOptions, type RemotePort } from '@sercli/client';
import { PtyDevice } from './pty-device.ts';

/** An agent in this process that lets everybody in, with a device that the test plays, and clients of it. */
export class ClientBench {
  readonly folder: string;
  /** Behind the port `dut`. */
  readonly device: PtyDevice;
  readonly agent: Agent;
  readonly #ports: RemotePort[] = [];

  /** The ports are `dut`, `modem`, `echo` and `program`, unless said otherwise. */
  static async create(options: Partial<AgentOptions> = {}): Promise<ClientBench> {
    const folder = await mkdtemp(join(tmpdir(), 'sercli-client-'));
    const device = new PtyDevice();
    const specs = [`dut=${device.path}`, 'modem=sim:modem', 'echo=sim:echo', 'program=exec:cat'];
    const agent = await Agent.start({
      name: 'SerialMachine',
      ports: specs.map(parsePortSpec),
      listen: [{ host: '127.0.0.1', tcpPort: 0 }],
      stateDirectory: join(folder, 'agent'),
      open: true,
      ...options,
    });
    return new ClientBench(folder, device, agent);
  }

  private constructor(folder: string, device: PtyDevice, agent: Agent) {
    this.folder = folder;
    this.device = device;
    this.agent = agent;
  }

  address(port: string, tcpPort: number = this.agent.tcpPort): string {
    return `127.0.0.1:${tcpPort}/${port}`;
  }

  /** Somebody with a key of their own. */
  client(name: string, options: ClientOptions = {}): Client {
    return new Client({ name, stateDirectory: join(this.folder, name), ...options });
  }

  /** Opens a port as `anna`. */
  async connect(port: string, options: ConnectOptions = {}): Promise<RemotePort> {
    const opened = await this.client('anna').connect(this.address(port), options);
    this.#ports.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const port of this.#ports) port.destroy();
    await this.agent.close();
    this.device.close();
    await rm(this.folder, { recursive: true });
  }
}
