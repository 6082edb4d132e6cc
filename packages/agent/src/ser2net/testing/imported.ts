import type { Config } from '../../config/config.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { formatOf, importSer2net } from '../import-ser2net.ts';
import { type NamedFiles, noFiles } from '../statement.ts';

/** What an agent reads of the sercli.yaml that is made of a text, and what the user is told: `3: LED is not ...`. */
export function imported(text: string, files: NamedFiles = noFiles): Config & { notes: string[] } {
  const file = text.startsWith('%YAML') ? 'ser2net.yaml' : 'ser2net.conf';
  const { yaml, notes } = importSer2net([{ text, file, format: formatOf(text, file) }], files);
  const told = notes.map(({ line, what, problem }) => `${line}: ${what} ${problem}`);
  return { ...parseConfig(yaml, 'sercli.yaml'), notes: told };
}
