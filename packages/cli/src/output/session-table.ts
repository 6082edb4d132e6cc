import type { ListedSession, SessionList } from '@sercli/protocol';
import { formatBytes } from './byte-count.ts';
import { formatMoment } from './moment.ts';
import { plainText } from './plain-text.ts';
import { formatTable } from './table.ts';
import { colorsFor } from './terminal.ts';

/** Who uses the ports of an agent, as lines for people. */
export function formatSessions(address: string, { agent, sessions }: SessionList): string[] {
  const colors = colorsFor(process.stdout);
  const title = `${colors.bold(plainText(agent.name))} at ${address}`;
  if (sessions.length === 0) return [title, '  nobody is attached'];
  const [head = '', ...rows] = formatTable([
    ['PORT', 'CLIENT', 'FROM', 'ROLE', 'SINCE', 'IN', 'OUT', 'LAG', 'WINDOW', 'RECONNECTS'],
    ...sessions.map((session) => cellsOf(session)),
  ]);
  const shownRows = rows.map((row, index) => (sessions[index]?.cutSince === undefined ? row : colors.dim(row)));
  return [title, `  ${colors.dim(head)}`, ...shownRows.map((row) => `  ${row}`)];
}

function cellsOf(session: ListedSession): string[] {
  const { port, client, accepter, since, reconnects, ...bytes } = session;
  return [
    port,
    accepter === undefined ? client.name : `${client.name} on ${accepter.address}`,
    client.address,
    roleText(session),
    formatMoment(since),
    formatBytes(bytes.readBytes),
    formatBytes(bytes.writtenBytes),
    formatBytes(bytes.lagBytes),
    formatBytes(bytes.windowBytes),
    String(reconnects),
  ];
}

function roleText({ role, cutSince, accepter }: ListedSession): string {
  if (cutSince !== undefined) return `${role}, cut off since ${formatMoment(cutSince)}`;
  const refused = accepter?.refusedBytes ?? 0;
  return refused === 0 ? role : `${role}, ${formatBytes(refused)} refused`;
}
