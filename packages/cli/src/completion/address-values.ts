import { type NamedSequence, sequencesAt } from '@sercli/client/tools';
import { formatLineSettings, type ListedPort } from '@sercli/protocol';
import { behind, type Candidate } from './candidate.ts';
import type { LiveNames } from './live-names.ts';

/** `HOST/PORT`: hosts, then the ports of the one that stands there. @param given addresses that need not be given again */
export async function addressesAt(
  typed: string,
  given: readonly string[],
  names: LiveNames,
): Promise<readonly Candidate[]> {
  const { scheme, host, hasPort } = split(typed);
  if (!hasPort) return (await hostsAt(typed, names)).map(({ word, does }) => ({ word: `${word}/`, does }));
  const ports = (await names.ports(host)).map((port) => ({ word: port.name, does: describe(port) }));
  return behind(`${scheme}${host}/`, ports).filter(({ word }) => !given.includes(word));
}

/** `HOST`, or `wss://HOST`. */
export async function hostsAt(typed: string, names: LiveNames): Promise<readonly Candidate[]> {
  const { scheme, host } = split(typed);
  return behind(scheme, await names.hosts(host));
}

/** Patterns of ports, with commas between them: those that agents of this machine serve. */
export async function portsOfAgents(typed: string, names: LiveNames): Promise<readonly Candidate[]> {
  const head = typed.slice(0, typed.lastIndexOf(',') + 1);
  const given = head.split(',');
  const agents = await names.localAgents();
  const lists = await Promise.all(agents.map(({ name }) => names.ports(name)));
  const ports = lists.flat().filter(({ name }) => !given.includes(name));
  return behind(
    head,
    ports.map((port) => ({ word: port.name, does: describe(port) })),
  );
}

/** Line sequences that can be run by name at a port. */
export async function sequencesOf(address: string | undefined, names: LiveNames): Promise<readonly Candidate[]> {
  const { host, port } = split(address ?? '');
  const listed = port === '' ? undefined : (await names.ports(host)).find(({ name }) => name === port);
  return sequencesAt(listed ?? {}).map(({ name, does }: NamedSequence) => ({ word: name, does }));
}

/** As `parsePortAddress` reads it, and as much of it as there is. */
function split(text: string): { scheme: string; host: string; hasPort: boolean; port: string } {
  const [, scheme = '', host = '', slash, port = ''] = /^(wss:\/\/)?([^/]*)(\/)?(.*)$/s.exec(text) ?? [];
  return { scheme, host, hasPort: slash !== undefined, port };
}

function describe({ description, device, settings, state, reason }: ListedPort): string {
  return `${formatLineSettings(settings)}, ${reason ?? state}: ${description ?? device}`;
}
