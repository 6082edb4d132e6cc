import { interpret } from './interpret.ts';
import { readLineFormat } from './line-format.ts';
import { formatSercliYaml } from './sercli-yaml.ts';
import { type NamedFiles, Notes, type Ser2netNote, type Statement } from './statement.ts';
import { readYamlFormat } from './yaml-format.ts';

/** One text of a configuration of ser2net. */
export interface Ser2netText {
  readonly text: string;
  /** Its path, for errors and notes. */
  readonly file: string;
  readonly format: 'lines' | 'yaml';
}

/** What became of a configuration of ser2net. */
export interface ImportedSer2net {
  /** A sercli.yaml. */
  readonly yaml: string;
  readonly ports: number;
  /** What is not carried over, in the order of the lines. */
  readonly notes: readonly Ser2netNote[];
}

/**
 * Makes a sercli.yaml of configurations of ser2net, the one after the other.
 *
 * @param options `takesLockFiles`: false where no port is to make one, whatever is said of it
 * @throws SercliError `bad-config` where a text is no YAML
 */
export function importSer2net(
  texts: readonly Ser2netText[],
  files: NamedFiles,
  { takesLockFiles = true }: { readonly takesLockFiles?: boolean } = {},
): ImportedSer2net {
  const statements: Statement[] = [];
  const collected: Notes[] = [];
  for (const { text, file, format } of texts) {
    const notes = new Notes(file);
    collected.push(notes);
    const read = format === 'lines' ? readLineFormat(text, notes) : readYamlFormat(text, { file, files, notes });
    statements.push(...read.map((statement) => inFile(statement, file)));
  }
  const [first = { file: '' }] = texts;
  const notes = new Notes(first.file);
  const said = interpret(statements, notes, files);
  const ports = said.ports.map((port) => ({ ...port, takesLockFile: port.takesLockFile && takesLockFiles }));
  const config = { ...said, ports };
  const all = [...collected.flatMap((one) => one.all), ...notes.all];
  return { yaml: formatSercliYaml(config), ports: config.ports.length, notes: inOrder(all) };
}

/** ser2net takes a file for YAML when its name or its first line says so. */
export function formatOf(text: string, file: string): Ser2netText['format'] {
  return /\.ya?ml$/i.test(file) || /^\s*%YAML/.test(text) || /^(---|[a-z_]+:(?:\s|$))/.test(firstWords(text))
    ? 'yaml'
    : 'lines';
}

/** What stands before the first port; no line of the line format begins with a small letter and a colon. */
function firstWords(text: string): string {
  const line = text.split('\n').find((candidate) => !/^\s*(#|$)/.test(candidate));
  return line ?? '';
}

function inFile(statement: Statement, file: string): Statement {
  return { ...statement, place: { ...statement.place, file: statement.place.file ?? file } };
}

function inOrder(notes: readonly Ser2netNote[]): Ser2netNote[] {
  const files = [...new Set(notes.map(({ file }) => file))];
  return [...notes].sort((one, other) => files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line);
}
