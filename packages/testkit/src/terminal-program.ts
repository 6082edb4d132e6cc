import { spawn } from '@lydell/node-pty';
import type { ProgramExit, ProgramOptions } from './child-program.ts';
import { OutputLog } from './output-log.ts';
import { endWithThisProcess } from './running-programs.ts';
import { within } from './within.ts';

/** How long an interactive program may take to end, in milliseconds. */
const endTimeoutMs = 10_000;

/** An interactive program that a test drives on a terminal of its own: 80 columns, 24 rows. */
export class TerminalProgram {
  /** What it drew, escape sequences included. */
  readonly screen: OutputLog;
  readonly exited: Promise<ProgramExit>;
  readonly #name: string;
  readonly #terminal: ReturnType<typeof spawn>;
  #isRunning = true;

  constructor(program: string, args: readonly string[], options: ProgramOptions = {}) {
    const [file, fileArgs] = options.namespace?.commandLine(program, args) ?? [program, args];
    this.#name = [program, ...args].join(' ');
    this.screen = new OutputLog(this.#name);
    this.#terminal = spawn(file, [...fileArgs], {
      name: 'xterm',
      cols: 80,
      rows: 24,
      env: { ...process.env, ...options.environment },
      cwd: options.directory ?? process.cwd(),
    });
    this.#terminal.onData((text) => this.screen.append(text));
    this.exited = new Promise((resolve) => {
      this.#terminal.onExit(({ exitCode, signal }) => {
        this.#isRunning = false;
        this.screen.end(`it ended with ${exitCode}`);
        resolve(signal ? { code: null, signal: String(signal) } : { code: exitCode, signal: null });
      });
    });
    endWithThisProcess(this.pid, this.exited);
  }

  get pid(): number {
    return this.#terminal.pid;
  }

  type(keys: string): void {
    this.#terminal.write(keys);
  }

  /** Waits until the program has ended by itself, after the keys that make it do so. */
  async expectExit(): Promise<ProgramExit> {
    return within(this.exited, endTimeoutMs, `the end of ${this.#name}`);
  }

  /** Ends the program at once, if it still runs. */
  async end(): Promise<ProgramExit> {
    if (this.#isRunning) process.kill(this.pid, 'SIGKILL');
    return this.expectExit();
  }
}
