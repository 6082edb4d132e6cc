import { program } from '../../../packages/cli/dist/program.js';

type Command = typeof program;

/** A command as a text or a block that is not run has it; nothing beside `sercli` itself is looked at. */
const commandPattern = /\bsercli(?: [^\n|;&>#]+)?/g;

/** The commands of sercli in a text that it does not have, and flags that they do not have. */
export function unknownIn(text: string): string[] {
  return [...text.matchAll(commandPattern)].flatMap(([line]) => {
    const [, ...words] = line.trim().split(/\s+/);
    return unknownOf(program, words).map((word) => `sercli has no "${word}", which "${line.trim()}" names`);
  });
}

function unknownOf(command: Command, words: readonly string[]): string[] {
  const [word] = words;
  const inner = command.commands.find((each) => each.name() === word);
  if (inner !== undefined) return unknownOf(inner, words.slice(1));
  // Words in capitals stand for something.
  const isCommand = command === program && word !== undefined && /^[a-z][a-z\d-]*$/.test(word);
  const known = command.options.flatMap(({ short, long }) => [short, long]);
  const flags = words.flatMap((each) => /^--?[a-zA-Z][\w-]*/.exec(each)?.[0] ?? []);
  const unknown = flags.filter((flag) => !known.includes(flag) && flag !== '--help' && flag !== '-h');
  return isCommand ? [word, ...unknown] : unknown;
}
