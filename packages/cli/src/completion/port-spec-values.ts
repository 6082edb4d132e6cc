import { basename } from 'node:path';
import { listDevices, parsePortSpec, simulatorKinds } from '@sercli/agent';
import { behind, type Candidate } from './candidate.ts';
import { type CommandLine, nameOfOption } from './command-line.ts';
import { settingsValues } from './settings-values.ts';

/** `[name=]DEVICE[,SETTINGS]`: devices of this machine and what stands in for one, then settings. */
export async function portSpecs(typed: string): Promise<readonly Candidate[] | 'files'> {
  const [, head = '', device = ''] = /^([^/:,=]*=)?(.*)$/s.exec(typed) ?? [];
  if (device.startsWith('exec:')) return [];
  const comma = device.indexOf(',');
  if (comma >= 0) {
    const place = device.slice(0, comma + 1);
    return behind(`${head}${place}`, settingsValues(device.slice(comma + 1)));
  }
  const candidates = [
    ...(await devices()),
    ...simulated,
    { word: 'exec:', does: 'a program on a terminal of its own' },
  ];
  const isPath = head === '' && /^[/.~]/.test(device);
  if (isPath && !candidates.some(({ word }) => word.startsWith(device))) return 'files';
  return behind(head, candidates);
}

/** Names that ports have which the line asks the agent to serve, or else those that it would find. */
export async function servedNames({ flags }: CommandLine): Promise<readonly Candidate[]> {
  const specs = flags.flatMap(({ option, value }) => (nameOfOption(option) === '--port' && value ? [value] : []));
  if (specs.length > 0) return specs.flatMap(nameIn);
  return (await devices()).map(({ word, does }) => ({ word: basename(word), does }));
}

const simulated = Object.entries(simulatorKinds).map(
  ([kind, { description }]): Candidate => ({ word: `sim:${kind}`, does: description }),
);

async function devices(): Promise<readonly Candidate[]> {
  const found = await listDevices(undefined, false);
  return found.flatMap(({ path, byId, description, unavailable }) => {
    const does = unavailable === undefined ? description : `${description}: ${unavailable.reason}`;
    const names = byId === undefined ? [path] : [path, `/dev/serial/by-id/${byId}`];
    return names.map((word) => ({ word, does }));
  });
}

function nameIn(spec: string): readonly Candidate[] {
  try {
    return [{ word: parsePortSpec(spec).name, does: spec }];
  } catch {
    // The command itself will say what is wrong with it.
    return [];
  }
}
