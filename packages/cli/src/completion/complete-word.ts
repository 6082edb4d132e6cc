import type { Command } from 'commander';
import { plainText } from '../output/plain-text.ts';
import type { Candidate, Completion } from './candidate.ts';
import { type CommandLine, commandsOf, nameOfOption, optionsOf, readCommandLine, readFlag } from './command-line.ts';
import type { LiveNames } from './live-names.ts';
import { type Value, valueFor } from './value-table.ts';

/** What the last of the words, those behind the name of the program, can be completed to. */
export async function completeWord(program: Command, words: readonly string[], names: LiveNames): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const line = readCommandLine(program, words.slice(0, -1));
  const completion = await whatFits(program, line, typed, names);
  return completion.kind === 'files'
    ? completion
    : { kind: 'words', candidates: fitting(completion.candidates, typed) };
}

async function whatFits(program: Command, line: CommandLine, typed: string, names: LiveNames): Promise<Completion> {
  const { command, pending, hasEnded } = line;
  if (pending !== undefined) return complete(valueFor(command, nameOfOption(pending)), { typed, line, names });
  if (typed.startsWith('-') && !hasEnded) return flagOrValue(line, typed, names);
  const argument = argumentAt(line);
  const commands = line.positionals.length === 0 && !hasEnded ? commandsIn(command) : [];
  // Of the built-in help command: its argument is a command.
  if (argument === 'command') return words(commandsIn(program));
  if (argument === undefined) return words(commands.length > 0 ? commands : flagsOf(line));
  const value = await complete(valueFor(command, argument), { typed, line, names });
  return value.kind === 'files' ? value : words([...commands, ...value.candidates]);
}

async function flagOrValue(line: CommandLine, typed: string, names: LiveNames): Promise<Completion> {
  const flag = typed.startsWith('--') ? readFlag(line.command, typed) : undefined;
  if (flag?.value === undefined || !flag.option.required) return words(flagsOf(line));
  const value = valueFor(line.command, nameOfOption(flag.option));
  const completion = await complete(value, { typed: flag.value, line, names });
  if (completion.kind === 'files') return completion;
  const head = typed.slice(0, typed.length - flag.value.length);
  return words(completion.candidates.map(({ word, does }) => ({ word: head + word, does })));
}

async function complete(value: Value, asked: Parameters<Exclude<Value, string>>[0]): Promise<Completion> {
  if (value === 'anything') return words([]);
  if (value === 'files') return { kind: 'files' };
  const found = await value(asked);
  return found === 'files' ? { kind: 'files' } : words(found);
}

/** The name of the argument that the next word is. */
function argumentAt({ command, positionals }: CommandLine): string | undefined {
  const known = command.registeredArguments;
  const argument = known[positionals.length] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined);
  return argument?.name();
}

function commandsIn(command: Command): readonly Candidate[] {
  return commandsOf(command).map((one) => ({ word: one.name(), does: one.description() }));
}

/** Flags that are not given yet, and those that may be given again. */
function flagsOf({ command, flags }: CommandLine): readonly Candidate[] {
  const given = new Set(flags.map(({ option }) => nameOfOption(option)));
  return optionsOf(command).flatMap((option) => {
    const word = nameOfOption(option);
    const isRepeatable = Array.isArray(option.defaultValue);
    return given.has(word) && !isRepeatable ? [] : [{ word, does: option.description }];
  });
}

function words(candidates: readonly Candidate[]): Completion {
  return { kind: 'words', candidates };
}

/** Each once. Some come from the network: what cannot be printed cannot be typed. */
function fitting(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.flatMap(({ word, does }) => {
    const isNew = !seen.has(word.toLowerCase());
    seen.add(word.toLowerCase());
    if (!isNew || !word.startsWith(typed) || plainText(word) !== word) return [];
    return [{ word, does: plainText(does) }];
  });
}
