import { formatOf, importSer2net, machineFiles } from '@sercli/agent';
import { reasonOf, SercliError } from '@sercli/protocol';
import { plainText } from '../output/plain-text.ts';
import { endQuietlyWithoutReader, printJson, tellLine } from '../output/terminal.ts';

export interface ImportFlags {
  readonly json?: true;
}

/** `sercli import FILE`: prints the sercli.yaml of a configuration of ser2net, and tells what is not carried over. */
export function runImport(file: string, flags: ImportFlags): void {
  endQuietlyWithoutReader();
  const text = readText(file);
  const { yaml, ports, notes } = importSer2net([{ text, file, format: formatOf(text, file) }], machineFiles);
  if (flags.json) return printJson({ version: 1, file, ports, yaml, notes });
  process.stdout.write(`# Made from ${file} of ser2net by sercli import.\n${yaml}`);
  for (const note of notes) tellLine(plainText(`${note.file} line ${note.line}: ${note.what} ${note.problem}`));
  const carried = `${ports} ${ports === 1 ? 'connection is' : 'connections are'} carried over`;
  const left = `${notes.length} ${notes.length === 1 ? 'thing is' : 'things are'} not, see above`;
  tellLine(plainText(`${file}: ${notes.length === 0 ? carried : `${carried}; ${left}`}`));
}

function readText(path: string): string {
  try {
    return machineFiles.read(path);
  } catch (error) {
    const remedy = 'give the path of a ser2net.conf or ser2net.yaml';
    throw new SercliError('state-unusable', { path, reason: reasonOf(error), remedy }, { cause: error });
  }
}
