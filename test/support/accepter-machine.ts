import type { ListedPort } from '@sercli/protocol';
import { ChildProgram, TerminalProgram } from '@sercli/testkit';
import { freeTcpPort } from './free-tcp-port.ts';
import { OneMachine } from './one-machine.ts';
import { PtyDevice } from './pty-device.ts';
import { until } from './until.ts';

/** Accepters of a device that echoes and has no modem lines, and one of a loop-back plug, which has them. */
const accepters = [
  { name: 'raw', port: 'terminal', protocol: 'raw' },
  { name: 'telnet', port: 'terminal', protocol: 'telnet' },
  { name: 'rfc2217', port: 'terminal', protocol: 'rfc2217' },
  { name: 'auto', port: 'terminal', protocol: 'auto' },
  { name: 'plug', port: 'plug', protocol: 'rfc2217' },
] as const;
export type AccepterName = (typeof accepters)[number]['name'];

/** An agent on the loopback interface, for programs that know nothing of sercli. */
export class AccepterMachine {
  readonly device: PtyDevice;
  readonly #machine: OneMachine;
  readonly #agent: ChildProgram;
  readonly #tcpPorts: ReadonlyMap<AccepterName, number>;
  readonly #programs: (ChildProgram | TerminalProgram)[] = [];

  static async start(): Promise<AccepterMachine> {
    const [machine, device] = [await OneMachine.create(), new PtyDevice()];
    const tcpPorts = new Map<AccepterName, number>();
    for (const { name } of accepters) tcpPorts.set(name, await freeTcpPort());
    const tcpOf = (port: string) =>
      accepters
        .filter((accepter) => accepter.port === port)
        .map(({ name, protocol }) => ({ listen: `127.0.0.1:${tcpPorts.get(name)}`, protocol, onBusy: 'share' }));
    device.echo();
    const agent = await machine.startConfigured({
      terminal: { device: device.path, tcp: tcpOf('terminal') },
      // The bytes of a simulator take their time on the line, which is as fast as it can be.
      plug: { device: 'sim:echo,4000000', tcp: tcpOf('plug') },
    });
    // The last of them: the agent listens itself before they do.
    await agent.stderr.waitFor(/plug is served on /);
    return new AccepterMachine({ machine, agent }, device, tcpPorts);
  }

  private constructor(
    { machine, agent }: { machine: OneMachine; agent: ChildProgram },
    device: PtyDevice,
    tcpPorts: ReadonlyMap<AccepterName, number>,
  ) {
    this.#machine = machine;
    this.#agent = agent;
    this.device = device;
    this.#tcpPorts = tcpPorts;
  }

  /** Where an accepter listens, on 127.0.0.1. */
  tcpPort(accepter: AccepterName): string {
    return String(this.#tcpPorts.get(accepter));
  }

  get folder(): string {
    return this.#machine.folder;
  }

  /** What the agent tells of one of its ports. */
  port(name: string): Promise<ListedPort> {
    return this.#machine.port(name);
  }

  /** Resolves when a client has come to a port that was not there when this was called. */
  async nextSession(port: string): Promise<void> {
    const sessions = (): number => this.#agent.stderr.text.split(`${port}: attached by`).length;
    const before = sessions();
    await until(`${port} has another session`, () => sessions() > before);
  }

  async run(program: string, ...args: string[]): Promise<ChildProgram> {
    const child = await ChildProgram.start(program, args);
    this.#programs.push(child);
    return child;
  }

  /** Runs a program as somebody at a terminal does. */
  runOnTerminal(program: string, ...args: string[]): TerminalProgram {
    const terminal = new TerminalProgram(program, args, { environment: { TERM: 'xterm', HOME: this.#machine.folder } });
    this.#programs.push(terminal);
    return terminal;
  }

  /** Ends the programs that still run. */
  async endPrograms(): Promise<void> {
    for (const program of this.#programs.splice(0)) {
      await (program instanceof ChildProgram ? program.end('SIGKILL') : program.end());
    }
  }

  async close(): Promise<void> {
    await this.endPrograms();
    await this.#machine.close();
    this.device.close();
  }
}
