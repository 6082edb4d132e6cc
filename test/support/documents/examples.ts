import type { TypedCommand } from './command-lines.ts';
import type { DocumentedMachines } from './machines.ts';

/** Fingerprints in the documents, short and in full: of the user's key on the laptop, and of SerialMachine's. */
const fingerprints = {
  laptop: ['K7QF-2M7X-4TRA-PL3E', 'K7QF2M7X4TRAPL3EWV5N6OHGJQ7ZC2DBSXKYR4MTAU3FPI5LEG6A'],
  SerialMachine: ['J6NQ-U3BU-A432-ZY5N', 'J6NQU3BUA432ZY5N3GHTQXW2LKD7RM4VFC6OPESJB5AYIT3ZNX2A'],
} as const;

/** What stands in the documents -> what it is in this run. */
export type Examples = ReadonlyMap<string, string>;

export async function examples({ machines }: DocumentedMachines): Promise<Examples> {
  const known = new Map<string, string>();
  for (const [name, shown] of Object.entries(fingerprints)) {
    const real = await machines[name as keyof typeof fingerprints].fingerprints();
    for (const [index, example] of shown.entries()) known.set(example, real[index] ?? '');
  }
  return known;
}

export function withoutExamples(command: TypedCommand, known: Examples): TypedCommand {
  const replace = (text: string): string => [...known].reduce((all, [from, to]) => all.replaceAll(from, to), text);
  return { ...command, line: replace(command.line), shown: command.shown.map(replace) };
}
