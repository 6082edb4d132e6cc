import { isMachineName, type MachineName } from './block-rules.ts';
import type { Block } from './documents.ts';

/** A command as somebody types it, and what the page shows of its output. */
export interface TypedCommand {
  readonly machine: MachineName;
  /** Empty where the block goes on with the output of what runs there already. */
  readonly line: string;
  readonly shown: readonly string[];
  readonly exit: number;
}

const prompt = /^(\w+)\$ (.*)$/;

/** What is typed for a block, in its order: its commands, or what makes a file of it. */
export function commandsOf({ language, text, attributes, place }: Block): TypedCommand[] {
  const machine = attributes.get('on') ?? 'laptop';
  const file = attributes.get('file');
  if (file !== undefined)
    return commandsOf({ ...fileBlock(file, text), attributes: new Map([['on', machine]]), place });
  const commands = language === 'console' ? promptedCommands(text, machine) : plainCommands(text, machine);
  return commands.map(({ name, line, shown }, index) => {
    if (!isMachineName(name)) throw new Error(`${place}: there is no machine ${name}`);
    const exit = index === commands.length - 1 ? Number(attributes.get('exits') ?? 0) : 0;
    return { machine: name, line, shown, exit };
  });
}

/** Home directories are written as ~, which the shell knows. */
function fileBlock(file: string, text: string): Pick<Block, 'language' | 'text' | 'isHidden'> {
  const write = `mkdir -p "$(dirname ${file})" && cat >${file} <<'END_OF_FILE'\n${text}END_OF_FILE`;
  return { language: 'sh', text: write, isHidden: true };
}

interface Entry {
  readonly name: string;
  line: string;
  readonly shown: string[];
}

function plainCommands(text: string, name: string): Entry[] {
  const entries: Entry[] = [];
  let heredocEnd: string | undefined;
  let goesOn = false;
  for (const line of text.split('\n')) {
    const last = entries.at(-1);
    if (last !== undefined && (heredocEnd !== undefined || goesOn)) last.line += `\n${line}`;
    else if (line.trim() === '' || line.startsWith('#')) continue;
    else entries.push({ name, line, shown: [] });
    if (heredocEnd === undefined) heredocEnd = /<<-? ?['"]?(\w+)/.exec(line)?.[1];
    else if (line === heredocEnd) heredocEnd = undefined;
    goesOn = heredocEnd === undefined && line.endsWith('\\');
  }
  return entries;
}

function promptedCommands(text: string, name: string): Entry[] {
  const entries: Entry[] = [];
  for (const line of text.split('\n')) {
    const [, machine, typed] = prompt.exec(line) ?? [];
    const last = entries.at(-1);
    if (machine !== undefined && typed !== undefined) entries.push({ name: machine, line: typed, shown: [] });
    else if (last?.line.endsWith('\\')) last.line += `\n${line}`;
    else if (line.trim() === '') continue;
    else if (last === undefined) entries.push({ name, line: '', shown: [line] });
    else last.shown.push(line);
  }
  return entries;
}
