import { constants } from 'node:os';
import type { IPty } from '@lydell/node-pty';
import { reasonOf, SercliError } from '@sercli/protocol';
import { duplicate } from '@sercli/tty';

/** A program has this long to end after SIGHUP, in milliseconds; then it is killed. */
export const hangUpGraceMs = 2000;

/**
 * What is there on every Unix and not in the package's types: the near end of the terminal, and the stream that reads it.
 * The stream swallows the first bytes even when it is paused at once, and can freeze the process when it writes.
 */
type Terminal = IPty & { readonly fd: number; readonly _socket: { destroy(): void } };

/** A program that runs on a terminal of its own, as the leader of its own session and process group. */
export class RunningProgram {
  /** The near end of its terminal, for the caller to close. */
  readonly fd: number;
  readonly #pid: number;
  readonly #exit: Promise<string>;
  #isRunning = true;

  /** @throws SercliError `native-module-missing` */
  static async start(command: string): Promise<RunningProgram> {
    const { spawn } = await loadTerminals();
    const options = { name: 'xterm', cols: 80, rows: 24, encoding: null, env: process.env };
    return new RunningProgram(spawn('/bin/sh', ['-c', command], options) as Terminal);
  }

  private constructor(terminal: Terminal) {
    this.#pid = terminal.pid;
    this.#exit = new Promise((resolve) => {
      terminal.onExit(({ exitCode, signal }) => {
        this.#isRunning = false;
        resolve(exitText(exitCode, signal));
      });
    });
    this.fd = duplicate(terminal.fd);
    // Before it has read anything: it starts with the next tick.
    terminal._socket.destroy();
  }

  /** How it ended. One that has let go of its terminal and does not end is stopped. */
  async ended(): Promise<string> {
    const isLate = await this.#outlives(hangUpGraceMs);
    if (isLate) await this.stop();
    return isLate ? 'closed its terminal' : this.#exit;
  }

  /** Hangs up, and kills what does not end by that: this program's process group, and nothing else. */
  async stop(): Promise<void> {
    this.#signal('SIGHUP');
    if (await this.#outlives(hangUpGraceMs)) this.#signal('SIGKILL');
    await this.#exit;
  }

  async #outlives(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), ms);
    });
    const isLate = await Promise.race([this.#exit.then(() => false), late]);
    clearTimeout(timer);
    return isLate;
  }

  #signal(signal: 'SIGHUP' | 'SIGKILL'): void {
    // kill(2) takes 0 and -1 for whole crowds of processes.
    if (!this.#isRunning || this.#pid <= 1) return;
    try {
      process.kill(-this.#pid, signal);
    } catch (error) {
      // ESRCH: it ended just now, and the news of it is on its way.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Loaded when the first program is started: an agent with devices only does without it. */
async function loadTerminals(): Promise<typeof import('@lydell/node-pty')> {
  try {
    return await import('@lydell/node-pty');
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    const remedy = 'serve devices only, or install sercli again with its optional packages';
    throw new SercliError(
      'native-module-missing',
      { module: '@lydell/node-pty', platform, reason: reasonOf(error), remedy },
      { cause: error },
    );
  }
}

function exitText(exitCode: number, signal: number | undefined): string {
  if (signal === undefined || signal === 0) return `ended with exit code ${exitCode}`;
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return `was ended by ${name ?? `signal ${signal}`}`;
}
