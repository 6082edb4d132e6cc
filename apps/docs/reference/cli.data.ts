import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** An argument or an option. */
interface Entry {
  readonly term: string;
  readonly does: string;
}

interface Command {
  /** `sercli agent reload` */
  readonly name: string;
  readonly usage: string;
  readonly does: string;
  readonly arguments: readonly Entry[];
  readonly options: readonly Entry[];
}

declare const data: Command[];

export { data };

const program = fileURLToPath(new URL('../../../packages/cli/bin/sercli.cjs', import.meta.url));
const execute = promisify(execFile);

/** What the program says of itself and of each of its commands, and of theirs. */
export default {
  load(): Promise<Command[]> {
    return describe([]);
  },
};

async function describe(path: readonly string[]): Promise<Command[]> {
  const { stdout } = await execute(process.execPath, [program, ...path, '--help']);
  const sections = sectionsOf(stdout);
  const usage = /^Usage: (.*)$/m.exec(stdout)?.[1];
  if (usage === undefined) throw new Error(`${path.join(' ')} --help has no usage:\n${stdout}`);
  const command: Command = {
    name: ['sercli', ...path].join(' '),
    usage,
    does: sections.get('') ?? '',
    arguments: entriesOf(sections.get('Arguments')),
    options: entriesOf(sections.get('Options')).filter(({ term }) => !term.startsWith('-h')),
  };
  const names = entriesOf(sections.get('Commands')).map(({ term }) => term.replace(/ .*/, ''));
  const commands = names.filter((name) => name !== 'help').map((name) => describe([...path, name]));
  return [command, ...(await Promise.all(commands)).flat()];
}

/** The paragraphs of the help by their titles; the one without a title says what the command does. */
function sectionsOf(help: string): Map<string, string> {
  const sections = new Map<string, string>();
  for (const paragraph of help.trim().split(/\n{2,}/)) {
    const [, title, text] = /^([A-Z][a-z]+):\n(.*)$/s.exec(paragraph) ?? [];
    if (title !== undefined && text !== undefined) sections.set(title, text);
    else if (!/^[A-Z][a-z ]+: /.test(paragraph)) sections.set('', paragraph.replace(/\s+/g, ' '));
  }
  return sections;
}

/** Terms stand two columns in, what they mean behind them; longer texts go on below, further in. */
function entriesOf(section = ''): Entry[] {
  return section
    .replace(/\n {3,}/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, term, does = ''] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
      // What may be repeated begins with none.
      return term === undefined ? [] : [{ term, does: does.replace(' (default: [])', '') }];
    });
}
