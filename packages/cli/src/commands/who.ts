import { askAdmission, clientName, listPorts, listSessions, onceAdmitted } from '@sercli/client/tools';
import {
  type AgentAddress,
  formatAgentAddress,
  parseAgentAddress,
  parsePortAddress,
  SercliError,
} from '@sercli/protocol';
import { formatSessions } from '../output/session-table.ts';
import { endQuietlyWithoutReader, printJson, printLine } from '../output/terminal.ts';
import { newAccess, newLocator } from '../program-info.ts';

export interface WhoFlags {
  readonly json?: true;
}

/** `sercli who`: the sessions of an agent, or of one of its ports. */
export async function runWho(text: string, flags: WhoFlags): Promise<void> {
  endQuietlyWithoutReader();
  const { agent, port } = parsePlace(text);
  const options = { access: newAccess(), locator: newLocator() };
  const list = await onceAdmitted(
    () => listSessions(agent, options),
    () => askAdmission(agent, { name: clientName(), role: 'monitor', port }, { ...options, waits: false }),
  );
  const sessions = port === undefined ? list.sessions : list.sessions.filter((session) => session.port === port);
  if (port !== undefined && sessions.length === 0) {
    const { ports } = await listPorts(agent, options);
    refuseUnknown(
      port,
      agent,
      ports.map(({ name }) => name),
    );
  }
  if (flags.json) printJson({ ...list, sessions });
  else for (const line of formatSessions(formatAgentAddress(agent), { ...list, sessions })) printLine(line);
}

/** `host`, or `host/port`. */
function parsePlace(text: string): { agent: AgentAddress; port?: string } {
  if (!/[^/]\/[^/]/.test(text)) return { agent: parseAgentAddress(text) };
  const { port, ...agent } = parsePortAddress(text);
  return { agent, port };
}

function refuseUnknown(port: string, { host }: AgentAddress, names: readonly string[]): void {
  if (names.includes(port)) return;
  throw new SercliError('port-not-found', { port, host, ports: names.length === 0 ? 'none' : names.join(', ') });
}
