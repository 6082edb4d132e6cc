import { ChildProgram, type NetworkNamespace } from '@sercli/testkit';

/** Where the guest takes commands: a line for each connection, answered with what the command prints. */
export const commandPort = 7000;

/**
 * How long what a test waits for may take, in milliseconds: emulated, a program starts ten times slower, and the machine may
 * be busy with others.
 */
export const patienceMs = 60_000;

/** A program in the guest; its output and its errors come as one. */
export class GuestProgram {
  readonly #connection: ChildProgram;
  readonly #pid: string;
  readonly #run: (command: string) => Promise<string>;

  /** @param command is a line for the shell */
  static async start(namespace: NetworkNamespace, address: string, command: string): Promise<GuestProgram> {
    const connection = await ChildProgram.start('busybox', ['nc', address, String(commandPort)], { namespace });
    connection.stdin.write(`${command}\n`);
    const [, pid = ''] = await connection.stdout.waitFor(/^pid (\d+)\n/, patienceMs);
    const run = async (line: string): Promise<string> =>
      (await GuestProgram.start(namespace, address, line)).finished();
    return new GuestProgram(connection, pid, run);
  }

  private constructor(connection: ChildProgram, pid: string, run: (command: string) => Promise<string>) {
    this.#connection = connection;
    this.#pid = pid;
    this.#run = run;
  }

  /** All that it has printed so far, and waiting for more. */
  get output(): ChildProgram['stdout'] {
    return this.#connection.stdout;
  }

  /**
   * Waits for its end and resolves to what it printed.
   *
   * @throws Error when it fails
   */
  async finished(): Promise<string> {
    const [, code] = await this.output.waitFor(/^exit (\d+)\n/m, patienceMs);
    const printed = this.output.text.replace(/^pid \d+\n/, '').replace(/exit \d+\n$/, '');
    if (code !== '0') throw new Error(`a program of the guest ended with ${code}: ${printed}`);
    return printed;
  }

  /** Ends it, if it still runs, and waits until it has. */
  async end(signal = 'TERM'): Promise<void> {
    await this.#run(`kill -${signal} ${this.#pid} || true`);
    await this.output.waitFor(/^exit \d+\n/m, patienceMs);
  }
}
