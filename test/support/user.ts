import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fullFingerprintOf, loadIdentity } from '@sercli/link';
import { ChildProgram, type NetworkNamespace } from '@sercli/testkit';
import { AttachProgram } from './attach-program.ts';
import { sercliProgram } from './sercli-program.ts';

/** Where a user works. */
export interface Workplace {
  /** The machine; this one unless given. */
  readonly namespace?: NetworkNamespace;
  /** What the machine calls itself; as this one does unless given. */
  readonly hostName?: string;
  /** Added to the environment of every program. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Gives the program behind it a host name of its own (uts_namespaces(7)), and becomes that program. */
const withHostName = ['--uts', 'sh', '-c', 'hostname "$0" && exec "$@"'];

/** Links made so far: each has a name of its own. */
let links = 0;

/** Somebody with a home, and so with an identity and files of their own. */
export class User {
  readonly home: string;
  readonly #workplace: Workplace;
  readonly #programs: ChildProgram[] = [];

  constructor(home: string, workplace: Workplace = {}) {
    this.home = home;
    this.#workplace = workplace;
  }

  /** The path of a file of state: `known_agents`. */
  state(name = ''): string {
    return join(this.home, '.local', 'state', 'sercli', name);
  }

  /** Runs any program. */
  async run(program: string, args: readonly string[]): Promise<ChildProgram> {
    const runtime = join(this.home, 'run');
    await mkdir(runtime, { recursive: true, mode: 0o700 });
    const { namespace, hostName, environment } = this.#workplace;
    const own = { HOME: this.home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
    const [file, fileArgs] =
      hostName === undefined ? [program, args] : ['unshare', [...withHostName, hostName, program, ...args]];
    const child = await ChildProgram.start(file, fileArgs, { namespace, environment: { ...own, ...environment } });
    this.#programs.push(child);
    return child;
  }

  sercli(...args: string[]): Promise<ChildProgram> {
    return this.run(sercliProgram, args);
  }

  /** Runs sercli to its end; resolves to what it printed. */
  async result(...args: string[]): Promise<string> {
    const program = await this.sercli(...args);
    await program.expectExit(0);
    return program.stdout.text;
  }

  /** Runs sercli, which has to fail with this exit code; resolves to what it told people. */
  async failure(exit: number, ...args: string[]): Promise<string> {
    const program = await this.sercli(...args);
    await program.expectExit(exit);
    return program.stderr.text;
  }

  /** Runs a command line as people copy it, which begins with `sercli`; resolves to what it printed. */
  async type(command: string): Promise<string> {
    const line = command.replace(/^sercli /, `${process.execPath} ${sercliProgram} `);
    const program = await this.run('sh', ['-c', line]);
    await program.expectExit(0);
    return program.stdout.text;
  }

  /** Starts an agent and waits until it listens. */
  async startAgent(...options: string[]): Promise<ChildProgram> {
    const agent = await this.sercli('agent', ...options);
    await agent.stderr.waitFor(/listening on \S+:\d+/);
    return agent;
  }

  /** Starts to attach a port, under a link in this user's home; what becomes of it, its events tell. */
  async attach(address: string, ...options: string[]): Promise<AttachProgram> {
    links += 1;
    const link = join(this.home, `link-${links}`);
    return new AttachProgram(await this.sercli('attach', address, '--json', '--link', link, ...options), link);
  }

  /** The full one, 52 characters, of the key in this user's home; it is made if there is none. */
  async fingerprint(): Promise<string> {
    return fullFingerprintOf((await loadIdentity(this.state())).cert);
  }

  /** Writes a client into `authorized_clients`, as somebody does who has got the fingerprint by other ways. */
  async letIn(client: User, rights = ''): Promise<void> {
    await appendFile(this.state('authorized_clients'), `${await client.fingerprint()} ${rights}\n`, { mode: 0o600 });
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    for (const program of this.#programs.splice(0).reverse()) await program.end('SIGKILL');
  }
}
