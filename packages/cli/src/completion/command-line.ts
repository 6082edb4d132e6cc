import { type Command, Help, type Option } from 'commander';

/** What stands on a command line before the word that is completed. */
export interface CommandLine {
  /** The command that is meant as far as the words say. */
  readonly command: Command;
  /** Words that are neither commands nor flags. */
  readonly positionals: readonly string[];
  readonly flags: readonly GivenFlag[];
  /** The flag whose value comes next. */
  readonly pending: Option | undefined;
  /** Behind `--` no word is a flag. */
  readonly hasEnded: boolean;
}

interface GivenFlag {
  readonly option: Option;
  readonly value: string | undefined;
}

const help = new Help();

/** Reads words behind the name of the program as commander would, faults passed over. */
export function readCommandLine(program: Command, words: readonly string[]): CommandLine {
  const positionals: string[] = [];
  const flags: GivenFlag[] = [];
  let command = program;
  let pending: Option | undefined;
  let hasEnded = false;
  for (const word of words) {
    if (pending !== undefined) {
      flags.push({ option: pending, value: word });
      pending = undefined;
    } else if (hasEnded || !/^-./.test(word)) {
      const next = positionals.length === 0 && !hasEnded ? commandsOf(command).find(named(word)) : undefined;
      if (next === undefined) positionals.push(word);
      else command = next;
    } else if (word === '--') hasEnded = true;
    else {
      const flag = readFlag(command, word);
      if (flag?.option.required && flag.value === undefined) pending = flag.option;
      else if (flag !== undefined) flags.push(flag);
    }
  }
  return { command, positionals, flags, pending, hasEnded };
}

/** Commands that are shown to people. */
export function commandsOf(command: Command): readonly Command[] {
  return help.visibleCommands(command);
}

/** Flags that are shown to people. */
export function optionsOf(command: Command): readonly Option[] {
  return help.visibleOptions(command);
}

/** What the values of a flag are looked up by. */
export function nameOfOption({ long, short, flags }: Option): string {
  return long ?? short ?? flags;
}

/** Reads `--flag`, `--flag=value`, `-f` or `-fvalue`. */
export function readFlag(command: Command, word: string): GivenFlag | undefined {
  const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? /^(-[^-])(.+)$/s.exec(word) ?? [];
  const option = optionsOf(command).find(({ long, short }) => long === name || short === name);
  return option === undefined ? undefined : { option, value };
}

function named(word: string): (command: Command) => boolean {
  return (command) => command.name() === word;
}
