import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Command {
  readonly name: string;
  readonly help: string;
}

declare const data: Command[];

export { data };

const program = fileURLToPath(new URL('../../../packages/cli/bin/sercli.cjs', import.meta.url));

/** The program's own help, and that of each command that it names there. */
export default {
  load(): Command[] {
    const overview = helpOf();
    const commands = overview.slice(overview.indexOf('Commands:')).matchAll(/^ {2}([a-z][\w-]*)/gm);
    const names = [...commands].flatMap(([, name]) => (name === undefined || name === 'help' ? [] : [name]));
    if (names.length === 0) throw new Error(`sercli --help lists no commands:\n${overview}`);
    return [
      { name: 'sercli', help: overview },
      ...names.map((name) => ({ name: `sercli ${name}`, help: helpOf(name) })),
    ];
  },
};

function helpOf(...command: string[]): string {
  return execFileSync(process.execPath, [program, ...command, '--help'], { encoding: 'utf8' }).trim();
}
