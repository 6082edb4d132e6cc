import { findSequence, sequencesAt } from '@sercli/client/tools';
import {
  formatSequence,
  type ListedPort,
  parseSequence,
  type SequenceStep,
  SercliError,
  sequenceNamePattern,
} from '@sercli/protocol';
import { formatTable } from '../output/table.ts';
import { printJson, printLine } from '../output/terminal.ts';
import { findPort, tellIfClosedAgain, useInSession } from './port-session.ts';

export interface ResetFlags {
  readonly as?: string;
  readonly list?: true;
  readonly take?: true;
  readonly json?: true;
}

/** `sercli reset`: runs a line sequence, timed by the agent; or lists those that have names. */
export async function runReset(text: string, flags: ResetFlags): Promise<void> {
  if ((flags.as === undefined) === (flags.list === undefined)) {
    const remedy = "give either --as NAME, --as 'dtr=off,rts=on 100ms rts=off', or --list";
    throw new SercliError('usage', { what: 'it is not clear which line sequence is meant', remedy });
  }
  // What is written out is wrong before anything is asked of an agent.
  const written = flags.as === undefined || sequenceNamePattern.test(flags.as) ? undefined : parseSequence(flags.as);
  const place = await findPort(text, flags.as === undefined ? 'monitor' : 'control');
  if (flags.as === undefined) return list(place.listed, flags.json === true);
  const steps = written ?? findSequence(place.listed, flags.as);
  await useInSession(place, {
    role: 'control',
    takes: flags.take === true,
    act: (link) => link.runSequence(steps),
  });
  tellDone(text, flags.as, steps, flags.json === true);
  if (!flags.json) tellIfClosedAgain(place);
}

function list(port: ListedPort, isJson: boolean): void {
  const sequences = sequencesAt(port);
  if (isJson) return printJson({ version: 1, sequences });
  const rows = sequences.map(({ name, text, does }) => [name, text, does]);
  for (const line of formatTable([['NAME', 'SEQUENCE', 'WHAT IT DOES'], ...rows])) printLine(line);
}

function tellDone(address: string, asked: string, steps: readonly SequenceStep[], isJson: boolean): void {
  const sequence = formatSequence(steps);
  if (isJson) printJson({ event: 'reset', address, as: asked, sequence });
  else printLine(`${address}: done: ${sequence}`);
}
