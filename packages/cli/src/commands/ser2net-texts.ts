import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatOf, machineFiles, type Ser2netText } from '@sercli/agent';
import { reasonOf, SercliError } from '@sercli/protocol';

export interface Ser2netSources {
  /** `-c`; `-` is standard input. */
  readonly config?: string | undefined;
  /** `-C`: lines of the line format, or the directory of the configuration as 4.x has it. */
  readonly lines: readonly string[];
  /** `-Y` */
  readonly yaml: readonly string[];
  /** `-s` */
  readonly signature?: string | undefined;
}

/** Where ser2net 4.x, Debian's and 3.x look for their configuration, in this order. */
const defaultFiles = ['/etc/ser2net/ser2net.yaml', '/etc/ser2net.yaml', '/etc/ser2net.conf'];

/**
 * The texts that the options of ser2net(8) name, in the order in which they count.
 *
 * @throws SercliError `state-unusable` where a file cannot be read
 */
export function ser2netTexts({ config, lines, yaml, signature }: Ser2netSources): Ser2netText[] {
  const isDirectory = (line: string): boolean =>
    line.startsWith('/') && existsSync(line) && statSync(line).isDirectory();
  const directory = lines.findLast(isDirectory);
  const portLines = lines.filter((line) => !isDirectory(line));
  const texts: Ser2netText[] = [];
  if (signature !== undefined) {
    const text = `default: {name: signature, value: ${JSON.stringify(signature)}, class: ser2net}`;
    texts.push({ text, file: '-s', format: 'yaml' });
  }
  texts.push(...portLines.map((text): Ser2netText => ({ text, file: '-C', format: 'lines' })));
  const isGiven = portLines.length > 0 || yaml.length > 0;
  const file = config ?? (isGiven ? undefined : defaultFile(directory));
  const main = file === undefined ? undefined : readMain(file);
  const appended = yaml.map(yamlLine).join('');
  if (main?.format === 'yaml') texts.push({ ...main, text: `${main.text}\n${appended}` });
  else {
    if (main !== undefined) texts.push(main);
    if (appended !== '') texts.push({ text: appended, file: '-Y', format: 'yaml' });
  }
  return texts;
}

function defaultFile(directory: string | undefined): string {
  if (directory !== undefined) return join(directory, 'ser2net', 'ser2net.yaml');
  return defaultFiles.find((file) => existsSync(file)) ?? '/etc/ser2net/ser2net.yaml';
}

function readMain(file: string): Ser2netText {
  try {
    const text = file === '-' ? standardInput() : machineFiles.read(file);
    // Only YAML comes by standard input.
    return { text, file: file === '-' ? 'standard input' : file, format: file === '-' ? 'yaml' : formatOf(text, file) };
  } catch (error) {
    const remedy = 'give the path of a configuration with -c';
    throw new SercliError('state-unusable', { path: file, reason: reasonOf(error), remedy }, { cause: error });
  }
}

let input: string | undefined;

/** It can be read only once, and is asked for again by a SIGHUP and by the daemon. */
export function standardInput(): string {
  input ??= readFileSync(0, 'utf8');
  return input;
}

/** A # that is not quoted begins a new line, so that a configuration goes on a command line; and each text is a line. */
export function yamlLine(text: string): string {
  let quote = '';
  let line = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '"' && character === '\\') line += character + text.charAt(++at);
    else {
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      line += quote === '' && character === '#' ? '\n' : character;
    }
  }
  return `${line}\n`;
}
