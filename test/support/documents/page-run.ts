import type { ChildProgram } from '@sercli/testkit';
import type { TypedCommand } from './command-lines.ts';
import { type Lasting, lastingProgram } from './lasting-programs.ts';
import type { DocumentedMachine, DocumentedMachines } from './machines.ts';
import { printedLike } from './shown-output.ts';

/** How long a command may take on a busy machine, in milliseconds. */
const commandTimeoutMs = 30_000;

/** Ends a program that lasts, as a reader does: it stands in hidden commands alone. */
const interrupt = /^Ctrl-C (.+)$/;

/** Somebody who types all commands of a page, one after the other. What lasts goes on until it is started anew. */
export class PageRun {
  readonly #machines: DocumentedMachines['machines'];
  /** `laptop sercli attach` -> the program that runs. */
  readonly #lasting = new Map<string, ChildProgram>();
  /** What has ended although it lasts, and what it printed. */
  readonly #ended: string[] = [];

  constructor({ machines }: DocumentedMachines) {
    this.#machines = machines;
  }

  /** @throws Error when the command does not do what the page says */
  async type(command: TypedCommand): Promise<void> {
    if (this.#ended.length > 0) throw new Error(`it has ended before: ${this.#ended.join('\n')}`);
    const machine = this.#machines[command.machine];
    if (command.line === '') return this.#showMore(command);
    const ended = interrupt.exec(command.line)?.[1];
    if (ended !== undefined) return this.#end(`${machine.name} ${ended}`);
    const lasting = lastingProgram(command.line);
    if (lasting === undefined) await this.#runToEnd(machine, command);
    else if (lasting.leave === undefined) await this.#start(machine, lasting, command);
    else await this.#useOnTerminal(machine, lasting, command.line);
  }

  /** Ends what lasts. */
  async close(): Promise<void> {
    for (const name of [...this.#lasting.keys()].reverse()) await this.#end(name);
  }

  async #runToEnd(machine: DocumentedMachine, { line, shown, exit }: TypedCommand): Promise<void> {
    const program = await machine.run(line);
    program.stdin.end();
    try {
      await program.expectExit(exit, commandTimeoutMs);
    } finally {
      await program.end('SIGKILL');
    }
    await waitForAll(program, shown);
  }

  async #start(
    machine: DocumentedMachine,
    { name, ready, mayEnd }: Lasting,
    { line, shown }: TypedCommand,
  ): Promise<void> {
    const key = `${machine.name} ${name}`;
    await this.#end(key);
    const program = await machine.start(line);
    this.#lasting.set(key, program);
    void program.exited.then(() => {
      if (!mayEnd && this.#lasting.get(key) === program)
        this.#ended.push(`${line}, which printed ${program.stdout.text}`);
    });
    if (shown.length > 0) await waitForAll(program, shown);
    else if (ready instanceof RegExp) await program.stdout.waitFor(ready, commandTimeoutMs);
    else await machine.has(ready.path.exec(line)?.[1] ?? '');
  }

  /** What a program prints that was started before. */
  async #showMore({ machine, shown }: TypedCommand): Promise<void> {
    const [key, program] = [...this.#lasting].findLast(([name]) => name.startsWith(`${machine} `)) ?? [];
    if (program === undefined) throw new Error(`nothing runs on ${machine} that could print "${shown[0]}"`);
    // The last one that prints is the next that is asked.
    if (key !== undefined && this.#lasting.delete(key)) this.#lasting.set(key, program);
    await waitForAll(program, shown);
  }

  async #useOnTerminal(machine: DocumentedMachine, { ready, leave = '' }: Lasting, line: string): Promise<void> {
    const terminal = machine.startOnTerminal(line);
    try {
      if (ready instanceof RegExp) await terminal.screen.waitFor(ready, commandTimeoutMs);
      terminal.type(leave);
      await terminal.expectExit();
    } finally {
      await terminal.end();
    }
  }

  async #end(key: string): Promise<void> {
    const program = this.#lasting.get(key);
    this.#lasting.delete(key);
    await program?.end('SIGTERM');
  }
}

async function waitForAll({ stdout }: ChildProgram, lines: readonly string[]): Promise<void> {
  for (const line of lines) await stdout.waitFor(printedLike(line), commandTimeoutMs);
}
