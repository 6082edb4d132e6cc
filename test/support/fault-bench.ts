import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProgram, FaultProxy, type UartFarEnd } from '@sercli/testkit';
import type { AttachProgram } from './attach-program.ts';
import { OneMachine } from './one-machine.ts';
import { makeUart, Traffic } from './traffic.ts';

/** What the configuration says of the port besides its device: `{ logBytes: '64MiB' }`. */
export type PortKeys = Readonly<Record<string, string | number>>;

/** A device that behaves as a UART, an agent, a network with faults, an attached port and an application that uses it. */
export class FaultBench {
  readonly machine: OneMachine;
  readonly uart: UartFarEnd;
  readonly proxy: FaultProxy;
  agent: ChildProgram;
  /** All that there were, the one in use last. */
  readonly attached: AttachProgram[] = [];
  readonly #config: string;
  #traffic: Traffic | undefined;

  /** Starts the agent; `attach` and `startTraffic` do the rest. */
  static async create(rate: number, port: PortKeys = {}): Promise<FaultBench> {
    const machine = await OneMachine.create();
    const uart = makeUart(machine.folder, rate);
    const config = join(machine.folder, 'sercli.yaml');
    await writeFile(config, JSON.stringify({ ports: { dut: { device: uart.link, holdMs: 0, ...port } } }));
    const agent = await machine.startAgent('--config', config);
    return new FaultBench(machine, uart, { proxy: await FaultProxy.start(machine.tcpPort), agent, config });
  }

  private constructor(
    machine: OneMachine,
    uart: UartFarEnd,
    { proxy, agent, config }: { proxy: FaultProxy; agent: ChildProgram; config: string },
  ) {
    this.machine = machine;
    this.uart = uart;
    this.proxy = proxy;
    this.agent = agent;
    this.#config = config;
  }

  /** Attaches the port through the proxy. */
  async attach(...options: string[]): Promise<AttachProgram> {
    const attached = await this.machine.attach(this.proxy.tcpPort, ...options);
    this.attached.push(attached);
    return attached;
  }

  async startTraffic(attached: AttachProgram): Promise<void> {
    this.#traffic = await Traffic.start(this.uart, attached);
    await this.#traffic.flows(0.3);
  }

  get traffic(): Traffic {
    if (this.#traffic === undefined) throw new Error('no bytes flow yet');
    return this.#traffic;
  }

  get lastAttached(): AttachProgram {
    const last = this.attached.at(-1);
    if (last === undefined) throw new Error('nothing is attached yet');
    return last;
  }

  /** The agent dies and is started again, with the same configuration at the same TCP port. */
  async restartAgent(): Promise<void> {
    await this.agent.end('SIGKILL');
    this.agent = await this.machine.startAgent('--config', this.#config);
  }

  async close(): Promise<void> {
    this.#traffic?.close();
    this.uart.close();
    await this.machine.close();
    await this.proxy.close();
  }
}
