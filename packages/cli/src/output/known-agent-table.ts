import { type KnownAgents, shownFingerprint } from '@sercli/client/tools';
import { formatAgentAddress } from '@sercli/protocol';
import { formatPath } from './access-report.ts';
import { formatMoment } from './moment.ts';
import { formatTable } from './table.ts';
import { colorsFor } from './terminal.ts';

type KnownAgent = ReturnType<KnownAgents['list']>[number];

/** The agents that this client knows, as lines for people. */
export function formatKnownAgents(known: KnownAgents): string[] {
  const title = `known agents, in ${formatPath(known.path)}`;
  const agents = known.list();
  if (agents.length === 0) return [title, '  none; an agent becomes known when it is reached for the first time'];
  const [head = '', ...rows] = formatTable([
    ['HOST', 'FINGERPRINT', 'SINCE', 'NOTE'],
    ...agents.map((agent) => [
      addressOf(agent),
      shownFingerprint(agent.fingerprint),
      agent.since === undefined ? '' : formatMoment(agent.since.toISOString()),
      [known.isProvisioned(agent) ? 'from the environment' : undefined, agent.note]
        .filter((part) => part !== undefined)
        .join(', '),
    ]),
  ]);
  return [title, `  ${colorsFor(process.stdout).dim(head)}`, ...rows.map((row) => `  ${row}`)];
}

/** As `sercli trust --json` prints it. */
export function knownAgentsToJson(known: KnownAgents): object {
  const agents = known.list().map((agent) => ({
    host: addressOf(agent),
    fingerprint: agent.fingerprint,
    ...(agent.since && { since: agent.since.toISOString() }),
    ...(agent.note !== undefined && { note: agent.note }),
    ...(known.isProvisioned(agent) && { isProvisioned: true }),
  }));
  return { version: 1, file: known.path, agents };
}

function addressOf({ host, tcpPort }: KnownAgent): string {
  return formatAgentAddress({ host, tcpPort, carrier: 'stream' });
}
