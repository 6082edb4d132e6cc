import { fileURLToPath } from 'node:url';
import { ChildProgram, type NetworkNamespace, systemPython } from '@sercli/testkit';

const program = fileURLToPath(new URL('./pyserial-console.py', import.meta.url));

/** A Python with pyserial that does what a test tells it, step by step. */
export class PyserialConsole {
  readonly #program: ChildProgram;

  static async start(namespace?: NetworkNamespace): Promise<PyserialConsole> {
    return new PyserialConsole(await ChildProgram.start(systemPython, [program], { namespace }));
  }

  private constructor(program: ChildProgram) {
    this.#program = program;
  }

  /**
   * Carries out a line of Python and resolves to its value, which is null unless it is an expression.
   *
   * @throws Error what Python raised
   */
  async run(line: string, timeoutMs: number = 30_000): Promise<unknown> {
    this.#program.stdin.write(`${line}\n`);
    const [answer] = await this.#program.stdout.waitFor(/.*\n/, timeoutMs);
    const { value, error } = JSON.parse(answer) as { readonly value?: unknown; readonly error?: string };
    if (error !== undefined) throw new Error(`${line}: ${error}`);
    return value;
  }

  /** How long something takes, in milliseconds, of an expression whose value is in seconds. */
  async milliseconds(expression: string): Promise<number> {
    return Number(await this.run(expression)) * 1000;
  }

  async end(): Promise<void> {
    await this.#program.end('SIGKILL');
  }
}
