import { shownFingerprint } from '@sercli/client/tools';
import type { Candidate } from './candidate.ts';
import { type CommandLine, nameOfOption } from './command-line.ts';
import type { LiveNames } from './live-names.ts';

/** Fingerprints that `sercli authorize` can be given: of clients that wait, and of those that are in. */
export async function clientsOf({ flags }: CommandLine, names: LiveNames): Promise<readonly Candidate[]> {
  const given = new Set(flags.map(({ option }) => nameOfOption(option)));
  const agent = flags.find(({ option }) => nameOfOption(option) === '--agent')?.value?.toLowerCase();
  const lists = (await names.clients()).filter(
    (list) => (agent ?? list.agent.name.toLowerCase()) === list.agent.name.toLowerCase(),
  );
  const waiting = lists.flatMap((list) => list.waiting.map((client) => ({ ...client, is: 'waits to be let in' })));
  const authorised = lists.flatMap((list) => list.clients.map((client) => ({ ...client, is: 'is authorised' })));
  const wanted = [...(given.has('--remove') ? [] : waiting), ...(given.has('--deny') ? [] : authorised)];
  return wanted.map(({ fingerprint, name, is }) => ({
    word: shownFingerprint(fingerprint),
    does: `${name ?? 'a client'} ${is}`,
  }));
}
