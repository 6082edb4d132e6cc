import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ChildProgram } from '@sercli/testkit';

const execute = promisify(execFile);
const source = fileURLToPath(new URL('./dos/com1.asm', import.meta.url));

/** What a suite that runs DOS programs needs. */
export const dosPrograms = ['dosbox', 'nasm'] as const;

/** How long DOSBox may take, in milliseconds: each step of a program waits 20 s at most. */
const endTimeoutMs = 50_000;

const inputBits = { CTS: 0x10, DSR: 0x20, RI: 0x40, DCD: 0x80 } as const;
const errorBits = { overrun: 0x02, parity: 0x04, framing: 0x08, break: 0x10 } as const;

export interface DosOptions {
  /** Where the program and its result are kept. */
  readonly folder: string;
  /** What stands behind `serial1=` in DOSBox's configuration. */
  readonly serial1: string;
  /** Macros of com1.asm: `outputs 3`. */
  readonly steps: readonly string[];
  /** Starts a program on the machine where DOSBox runs. */
  readonly run: (program: string, args: readonly string[]) => Promise<ChildProgram>;
}

/** What the program saw of COM1. */
export interface DosResult {
  readonly received: Buffer;
  /** Of the received bytes those with errors: `5: break framing`. */
  readonly errors: readonly string[];
  /** As often as they were noted: `CTS DSR`. */
  readonly inputs: readonly string[];
}

/** A program for DOS that programs the UART of COM1 itself, run by a DOSBox without screen and sound. */
export class DosProgram {
  readonly dosbox: ChildProgram;
  readonly #folder: string;
  readonly #steps: readonly string[];

  /** Assembles the program and starts it. */
  static async start({ folder, serial1, steps, run }: DosOptions): Promise<DosProgram> {
    await mkdir(folder, { recursive: true });
    const drive = await mkdtemp(join(folder, 'dos-'));
    await writeFile(join(drive, 'steps.inc'), steps.map((step) => `step ${step}\n`).join(''));
    await execute('nasm', ['-f', 'bin', '-i', `${drive}/`, '-o', join(drive, 'SERIAL.COM'), source]);
    const configuration = join(drive, 'dosbox.conf');
    await writeFile(
      configuration,
      [
        ...['[cpu]', 'cycles=fixed 20000', '[serial]', `serial1=${serial1}`, 'serial2=disabled'],
        ...['[autoexec]', `mount c ${drive}`, 'c:', 'SERIAL.COM', 'exit', ''],
      ].join('\n'),
    );
    const headless = ['SDL_VIDEODRIVER=dummy', 'SDL_AUDIODRIVER=dummy'];
    const dosbox = await run('env', [...headless, 'dosbox', '-noconsole', '-conf', configuration]);
    return new DosProgram(dosbox, drive, steps);
  }

  private constructor(dosbox: ChildProgram, folder: string, steps: readonly string[]) {
    this.dosbox = dosbox;
    this.#folder = folder;
    this.#steps = steps;
  }

  /** Resolves when the program has ended. Rejects when one of its steps has waited in vain. */
  async result(): Promise<DosResult> {
    await this.dosbox.expectExit(0, endTimeoutMs);
    const [failed = 0, noted = 0, ...rest] = await readFile(join(this.#folder, 'RESULT.BIN'));
    const pairs = rest.slice(noted);
    const received = Buffer.from(pairs.filter((_, index) => index % 2 === 1));
    const errors = pairs.flatMap((bits, index) =>
      index % 2 === 1 || bits === 0 ? [] : [`${index / 2}: ${namesOf(errorBits, bits)}`],
    );
    const inputs = rest.slice(0, noted).map((bits) => namesOf(inputBits, bits));
    if (failed === 0) return { received, errors, inputs };
    const seen = JSON.stringify({ received: received.toString('hex'), errors, inputs });
    throw new Error(`"${this.#steps[failed - 1]}" waited in vain; the program saw ${seen}\n${this.dosbox.stdout.text}`);
  }
}

function namesOf(table: Readonly<Record<string, number>>, bits: number): string {
  return Object.keys(table)
    .filter((name) => bits & (table[name] ?? 0))
    .join(' ');
}
