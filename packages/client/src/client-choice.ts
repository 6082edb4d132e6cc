import { parseFullFingerprint, shownFingerprint } from '@sercli/link';
import { type ClientList, SercliError } from '@sercli/protocol';

/** Which clients of an agent somebody can mean. */
export type ClientGroup = 'any' | 'waiting' | 'authorised';

/** The client that somebody means. */
export interface ClientChoice {
  /** The full one. */
  readonly fingerprint: string;
  /** So little of the fingerprint was given that another client can have made one which begins alike. */
  readonly isGuess: boolean;
}

/** What people are shown of a fingerprint is 80 bits; another key with the same ones cannot be found. */
const shownLength = 16;
const shortestLength = 4;

/**
 * The client whose fingerprint, or the beginning of it, somebody has written, in small letters and without dashes too. A
 * full one of `any` client need not be known to the agent.
 *
 * @throws SercliError `usage`, `client-not-found`, `client-ambiguous`
 */
export function chooseClient(text: string, list: ClientList, group: ClientGroup): ClientChoice {
  const full = parseFullFingerprint(text);
  if (full !== undefined && group === 'any') return { fingerprint: full, isGuess: false };
  const beginning = full ?? text.replaceAll('-', '').toUpperCase();
  if (beginning.length < shortestLength || !/^[A-Z2-7]+$/.test(beginning)) {
    const remedy = `give the ${shownLength} characters that "sercli authorize" shows, or at least ${shortestLength} of them`;
    throw new SercliError('usage', { what: `"${text}" is no fingerprint`, remedy });
  }
  const found = [...candidatesIn(list, group)].filter(([fingerprint]) => fingerprint.startsWith(beginning));
  const [first, ...others] = found;
  const { name: host } = list.agent;
  if (first === undefined) {
    throw new SercliError('client-not-found', { client: `"${text}"`, state: stateOf(list, group), host });
  }
  if (others.length > 0) {
    throw new SercliError('client-ambiguous', { client: `"${text}"`, host, choices: choicesOf(found) });
  }
  return { fingerprint: first[0], isGuess: beginning.length < shownLength };
}

/** Names by full fingerprints. */
function candidatesIn({ clients, waiting }: ClientList, group: ClientGroup): ReadonlyMap<string, string | undefined> {
  return new Map([
    ...(group === 'authorised' ? [] : waiting.map(({ fingerprint, name }) => [fingerprint, name] as const)),
    ...(group === 'waiting' ? [] : clients.map(({ fingerprint, name }) => [fingerprint, name] as const)),
  ]);
}

/** What the client is not. */
function stateOf(list: ClientList, group: ClientGroup): string {
  const waiting = [...candidatesIn(list, 'waiting')];
  if (group === 'authorised') return 'authorised';
  if (waiting.length === 0) return group === 'waiting' ? 'waiting (nobody is)' : 'authorised (and nobody waits)';
  const those = `among those that wait (${choicesOf(waiting)})`;
  return group === 'waiting' ? those : `${those} or are authorised`;
}

function choicesOf(clients: readonly (readonly [string, string | undefined])[]): string {
  return clients
    .map(([fingerprint, name]) => `${shownFingerprint(fingerprint)}${name === undefined ? '' : ` ${name}`}`)
    .join(', ');
}
