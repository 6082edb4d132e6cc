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

function cellsOf({ port, client, role, since, cutSince, reconnects, ...bytes }: ListedSession): string[] {
  return [
    port,
    client.name,
    client.address,
    cutSince === undefined ? role : `${role}, cut off since ${formatMoment(cutSince)}`,
    formatMoment(since),
    formatBytes(bytes.readBytes),
    formatBytes(bytes.writtenBytes),
    formatBytes(bytes.lagBytes),
    formatBytes(bytes.windowBytes),
    String(reconnects),
  ];
}
