import { networkInterfaces } from 'node:os';
import { accessProtocols, defaultTcpPort, formatPlace } from '@sercli/protocol';
import type { Command } from 'commander';
import { addressesAt, hostsAt, portsOfAgents, sequencesOf } from './address-values.ts';
import { behind, type Candidate, wordsOf } from './candidate.ts';
import { clientsOf } from './client-values.ts';
import type { CommandLine } from './command-line.ts';
import type { LiveNames } from './live-names.ts';
import { namesIn } from './name-files.ts';
import { portSpecs, servedNames } from './port-spec-values.ts';
import { completionScripts } from './scripts.ts';
import { settingsValues } from './settings-values.ts';

/** What a value is asked for with. */
export interface Asked {
  /** What stands there already. */
  readonly typed: string;
  readonly line: CommandLine;
  readonly names: LiveNames;
}

/** What a flag or an argument takes: the path of a file, what nobody can foretell, or one of these. */
export type Value =
  | 'files'
  | 'anything'
  | ((asked: Asked) => readonly Candidate[] | 'files' | Promise<readonly Candidate[] | 'files'>);

const levels = (): readonly Candidate[] => wordsOf(['on', 'off']);

/** By the flag or the name of the argument, behind the name of the command where that makes a difference. */
const valueTable: Readonly<Record<string, Value>> = {
  address: ({ typed, line, names }) => addressesAt(typed, line.positionals, names),
  'console address': ({ typed, line, names }) =>
    /^[./~]/.test(typed) ? 'files' : addressesAt(typed, line.positionals, names),
  'who address': async ({ typed, names }) =>
    typed.includes('/') ? addressesAt(typed, [], names) : hostsAt(typed, names),
  host: ({ typed, names }) => hostsAt(typed, names),
  'authorize fingerprint': ({ line, names }) => clientsOf(line, names),
  'trust fingerprint': 'anything',
  file: 'files',
  shell: () => wordsOf(Object.keys(completionScripts)),

  '--config': 'files',
  '--link': 'files',
  '--make': 'files',
  'ser2net -c': 'files',
  'ser2net -P': 'files',
  '--port': ({ typed }) => portSpecs(typed),
  '--listen': () => wordsOf([...ownAddresses(), '::'].map((address) => formatPlace(address, defaultTcpPort))),
  '--tcp': ({ typed, line }) => accepters(typed, line),
  '--settings': ({ typed }) => settingsValues(typed),
  '--role': () => [
    { word: 'control', does: 'read, write and set' },
    { word: 'monitor', does: 'only watch' },
  ],
  '--ports': ({ typed, names }) => portsOfAgents(typed, names),
  '--agent': async ({ names }) => wordsOf((await names.localAgents()).map(({ name }) => name)),
  '--interface': () => wordsOf(Object.keys(networkInterfaces())),
  '--owner': () => namesIn('/etc/passwd'),
  '--group': () => namesIn('/etc/group'),
  '--dtr': levels,
  '--rts': levels,
  '--as': ({ line, names }) => sequencesOf(line.positionals[0], names),
  '--replay': () => [
    { word: 'all', does: 'everything that the agent has kept' },
    { word: '64k', does: 'the last 64 KiB' },
    { word: 'since=10m', does: 'what came in the last 10 minutes' },
  ],
  '--name': 'anything',
  '--linger': 'anything',
  '--mode': 'anything',
  '--grace': 'anything',
  '--ms': 'anything',
  'ser2net -C': 'anything',
  'ser2net -Y': 'anything',
  'ser2net -p': 'anything',
  'ser2net -s': 'anything',
  'ser2net -t': 'anything',
};

/** What a flag or an argument of a command takes; anything, where the table does not say. */
export function valueFor(command: Command, name: string): Value {
  return valueTable[`${command.name()} ${name}`] ?? valueTable[name] ?? 'anything';
}

/** Whether the table says what it takes. */
export function isInValueTable(command: Command, name: string): boolean {
  return Object.hasOwn(valueTable, `${command.name()} ${name}`) || Object.hasOwn(valueTable, name);
}

function ownAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ address, scopeid }) => (scopeid ? `${address}%${name}` : address)),
  );
}

/** `[ADDR:]TCPPORT=PORT[,PROTOCOL]`: the port by its name, then the protocol. */
async function accepters(typed: string, line: CommandLine): Promise<readonly Candidate[]> {
  const [, place = '', port, comma] = /^([^=]+=)([^,]*)(,)?/.exec(typed) ?? [];
  if (port === undefined) return [];
  if (comma === undefined) return behind(place, await servedNames(line));
  return behind(`${place}${port},`, wordsOf(accessProtocols));
}
