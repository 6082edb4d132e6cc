import { fileURLToPath } from 'node:url';
import type { Advertisement, FoundAgent } from '@sercli/discovery';
import { ChildProgram, type NetworkNamespace } from '@sercli/testkit';

const program = fileURLToPath(new URL('discovery-program.mjs', import.meta.url));

/** What the program prints. */
export interface DiscoveryEvent {
  readonly event: 'started' | 'advertised' | 'renamed' | 'found' | 'changed' | 'lost' | 'failed' | 'closed';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly name?: string;
  readonly agent?: FoundAgent;
  readonly message?: string;
}

export function advertisementOf(agentId: string, name = `agent-${agentId}`): Advertisement {
  return { name, agentId, tcpPort: 7372, wire: 1, software: 'test/1' };
}

/** Processes that advertise and browse on machines. */
export class DiscoveryPrograms {
  readonly #programs: ChildProgram[] = [];

  /** Starts an agent's advertisement; it looks for its name still. */
  advertise(machine: NetworkNamespace, interfaces: string, ...agents: Advertisement[]): Promise<DiscoveryProgram> {
    return this.#start(machine, 'advertise', interfaces, ...agents.map((agent) => JSON.stringify(agent)));
  }

  browse(machine: NetworkNamespace, interfaces = 'all'): Promise<DiscoveryProgram> {
    return this.#start(machine, 'browse', interfaces);
  }

  /** Starts any other program, to be ended with these. */
  async run(machine: NetworkNamespace, file: string, ...args: string[]): Promise<ChildProgram> {
    const child = await ChildProgram.start(file, args, { namespace: machine });
    this.#programs.push(child);
    return child;
  }

  async end(): Promise<void> {
    for (const child of this.#programs.splice(0).reverse()) await child.end('SIGKILL');
  }

  async #start(machine: NetworkNamespace, ...args: string[]): Promise<DiscoveryProgram> {
    return new DiscoveryProgram(await this.run(machine, process.execPath, program, ...args));
  }
}

export class DiscoveryProgram {
  readonly child: ChildProgram;

  constructor(child: ChildProgram) {
    this.child = child;
  }

  get events(): DiscoveryEvent[] {
    const lines = this.child.stdout.text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as DiscoveryEvent);
  }

  /** Waits for the next event of this kind that tells of `name`, or of anything. */
  async next(event: DiscoveryEvent['event'], name = ''): Promise<DiscoveryEvent> {
    const about = name === '' ? '' : `.*"name":"${name}"`;
    const [line] = await this.child.stdout.waitFor(new RegExp(`\\{"event":"${event}"${about}.*\\}\n`));
    return JSON.parse(line) as DiscoveryEvent;
  }

  /** Waits until as many agents were found, and says how long that took. */
  async findAll(count: number): Promise<number> {
    const { at: startedAt } = await this.next('started');
    for (let found = 0; found < count; found += 1) await this.next('found');
    return (this.events.filter(({ event }) => event === 'found').at(count - 1)?.at ?? Number.NaN) - startedAt;
  }

  /** Ends it with its goodbye. */
  async close(): Promise<DiscoveryEvent> {
    this.child.signal('SIGTERM');
    const closed = await this.next('closed');
    await this.child.expectExit(0);
    return closed;
  }
}
