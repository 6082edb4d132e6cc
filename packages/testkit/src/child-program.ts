import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { NetworkNamespace } from './network-namespaces.ts';
import { OutputLog } from './output-log.ts';
import { endWithThisProcess } from './running-programs.ts';
import { within } from './within.ts';

export interface ProgramOptions {
  /** Runs the program in this namespace. */
  readonly namespace?: NetworkNamespace | undefined;
  /** Added to the environment of the test. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** `code` is null when a signal ended the program. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** How long a program may take to end once it was told to, in milliseconds. */
const endTimeoutMs = 10_000;

/** A program that a test runs, without a terminal. */
export class ChildProgram {
  readonly stdout: OutputLog;
  readonly stderr: OutputLog;
  readonly exited: Promise<ProgramExit>;
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;

  /** @throws Error when the program cannot be started */
  static async start(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<ChildProgram> {
    const [file, fileArgs] = options.namespace?.commandLine(program, args) ?? [program, args];
    const child = spawn(file, fileArgs, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
      cwd: options.directory,
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return new ChildProgram([program, ...args].join(' '), child);
  }

  private constructor(name: string, child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#name = name;
    this.#child = child;
    this.stdout = collect(child.stdout, `${name} (stdout)`);
    this.stderr = collect(child.stderr, `${name} (stderr)`);
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.stdout.end(`it ended with ${signal ?? code}, and stderr says: ${this.stderr.text}`);
        this.stderr.end(`it ended with ${signal ?? code}`);
        resolve({ code, signal });
      });
    });
    endWithThisProcess(this.pid, new Promise((resolve) => child.once('exit', resolve)));
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#name} has not been started`);
    return pid;
  }

  /** What the program reads on its standard input. */
  get stdin(): Writable {
    return this.#child.stdin;
  }

  /** Sends a signal; nothing happens when the program has ended already. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the program if it still runs, and waits until it has. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProgramExit> {
    this.signal(signal);
    return within(this.exited, endTimeoutMs, `the end of ${this.#name} after ${signal}`);
  }

  /**
   * Waits until the program ends by itself.
   *
   * @throws Error with its output unless the exit code is `code`
   */
  async expectExit(code: number, timeoutMs: number = endTimeoutMs): Promise<void> {
    const exit = await within(this.exited, timeoutMs, `the end of ${this.#name}`);
    if (exit.code === code) return;
    throw new Error(
      `${this.#name} ended with ${exit.signal ?? exit.code}, not ${code}. It printed:\n${this.stdout.text}${this.stderr.text}`,
    );
  }
}

function collect(stream: Readable, source: string): OutputLog {
  const log = new OutputLog(source);
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => log.append(text));
  return log;
}
