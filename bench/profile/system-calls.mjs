import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../chains/program.mjs';

/** Counts system calls of a process and its threads with strace(1), which slows them down: nothing is timed meanwhile. */
export class SystemCalls {
  #strace;
  #file;

  static async of(pid, folder) {
    const file = join(folder, `strace-${pid}`);
    const strace = await startProgram('strace', ['-f', '-c', '-o', file, '-p', String(pid)]);
    await strace.stderr.waitFor(/attached/);
    return new SystemCalls(strace, file);
  }

  constructor(strace, file) {
    this.#strace = strace;
    this.#file = file;
  }

  /** Resolves to name -> how often it was called until now. */
  async stop() {
    this.#strace.signal('SIGINT');
    await this.#strace.exited;
    return parseCounts(readFileSync(this.#file, 'utf8'));
  }
}

/** The table of `strace -c`: % time, seconds, usecs/call, calls, errors if there are any, syscall. */
export function parseCounts(table) {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const counts = rows
    .filter(([percent, , , calls]) => /^\d+\.\d+$/.test(percent) && /^\d+$/.test(calls))
    .map((fields) => [fields.at(-1), Number(fields[3])])
    .filter(([name]) => name !== 'total');
  return Object.fromEntries(counts);
}
