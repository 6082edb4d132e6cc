import {
  AgentDirectory,
  askAdmission,
  clientName,
  type DirectoryEntry,
  type DirectoryOptions,
  listPorts,
  mdnsDiscovery,
  onceAdmitted,
  portChanges,
  watchPorts,
} from '@sercli/client/tools';
import { type AgentAddress, formatAgentAddress, type PortList, parseAgentAddress } from '@sercli/protocol';
import { formatAgent, formatRefusal } from '../output/port-table.ts';
import { Screen } from '../output/screen.ts';
import { endQuietlyWithoutReader, printJson, printLine, tellLine } from '../output/terminal.ts';
import { chosenInterfaces, newAccess, newLocator } from '../program-info.ts';
import { aborted, untilInterrupted } from './interruption.ts';

/** How long agents have to answer when no host is named, in milliseconds. */
const searchMs = 1_000;

/** And how long those that were found by then have to tell their ports: many of them take turns. */
const graceMs = 1_500;

export interface LsFlags {
  readonly json?: true;
  readonly watch?: true;
  readonly interface?: string;
}

/** `sercli ls`: agents and their ports. */
export async function runLs(host: string | undefined, flags: LsFlags): Promise<void> {
  endQuietlyWithoutReader();
  if (host === undefined) return flags.watch ? watchAll(flags) : listAll(flags);
  const address = parseAgentAddress(host);
  const options = { access: newAccess(), locator: newLocator(flags.interface) };
  const list = await onceAdmitted(
    () => listPorts(address, options),
    () => askAdmission(address, { name: clientName(), role: 'monitor' }, { ...options, waits: false }),
  );
  if (flags.watch) return watchOne(address, flags, options);
  if (flags.json) printJson(list);
  else for (const line of formatAgent(formatAgentAddress(address), list)) printLine(line);
}

/** Agents are shown as they answer. */
async function listAll(flags: LsFlags): Promise<void> {
  const directory = openDirectory(flags, (entry) => {
    if (!flags.json) for (const line of formatEntry(entry)) printLine(line);
  });
  await pause(searchMs);
  await Promise.race([directory.settled(), pause(graceMs)]);
  const entries = directory.entries();
  await directory.close();
  if (flags.json) printJson({ version: 1, agents: entries.map(toJson) });
  else if (entries.length === 0) tellLine('No agent answered. Start one with: sercli agent');
}

async function watchAll(flags: LsFlags): Promise<void> {
  const isOver = untilInterrupted();
  const screen = new Screen(process.stdout);
  const show = (): void => screen.show(directory.entries().flatMap(formatEntry), 'No agent answers.');
  const tell = changeTeller();
  const directory = openDirectory(
    flags,
    (entry) => {
      if (!flags.json) show();
      else if (entry.kind === 'refused') printJson({ event: 'listed', ...toJson(entry) });
      else tell(entry.agent.agentId, listToJson(entry));
    },
    ({ agent }) => (flags.json ? printJson({ event: 'gone', name: agent.name, id: agent.agentId }) : show()),
  );
  await aborted(isOver);
  await directory.close();
}

async function watchOne(address: AgentAddress, flags: LsFlags, options: DirectoryOptions): Promise<void> {
  const isOver = untilInterrupted();
  const screen = new Screen(process.stdout);
  const where = formatAgentAddress(address);
  const tell = changeTeller();
  for await (const list of watchPorts(address, { ...options, signal: isOver })) {
    if (flags.json) tell(where, { address: where, ...list });
    else screen.show(formatAgent(where, list), '');
  }
}

/** The search that it bounds keeps the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** Prints each list of an agent with what is new in it. */
function changeTeller(): (agent: string, list: PortList & { address: string }) => void {
  const last = new Map<string, PortList>();
  return (agent, list) => {
    printJson({ event: 'listed', ...list, changes: portChanges(last.get(agent), list) });
    last.set(agent, list);
  };
}

/** @param listed is called once for each agent, or with `gone` at each change */
function openDirectory(
  flags: LsFlags,
  listed: (entry: DirectoryEntry) => void,
  gone?: (entry: DirectoryEntry) => void,
): AgentDirectory {
  const known = new Set<string>();
  return new AgentDirectory({
    access: newAccess(),
    discovery: mdnsDiscovery(),
    interfaces: chosenInterfaces(flags.interface),
    listed: (entry) => {
      if (gone === undefined && known.has(entry.agent.agentId)) return;
      known.add(entry.agent.agentId);
      listed(entry);
    },
    gone: (entry) => gone?.(entry),
  });
}

type Listed = Extract<DirectoryEntry, { kind: 'listed' }>;

function formatEntry(entry: DirectoryEntry): string[] {
  const where = formatAgentAddress(entry.address);
  return entry.kind === 'listed'
    ? formatAgent(where, entry.list)
    : [formatRefusal(entry.agent.name, where, entry.error)];
}

function toJson(entry: DirectoryEntry): object {
  if (entry.kind === 'listed') return listToJson(entry);
  const { agent, address, error } = entry;
  const { code, message } = error;
  return { id: agent.agentId, name: agent.name, address: formatAgentAddress(address), error: { code, message } };
}

function listToJson({ agent, address, list }: Listed): PortList & { id: string; address: string } {
  return { id: agent.agentId, address: formatAgentAddress(address), ...list };
}
