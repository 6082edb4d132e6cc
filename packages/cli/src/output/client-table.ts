import { shownFingerprint } from '@sercli/client/tools';
import type { Authorization, ClientList, ListedClient, WaitingClient } from '@sercli/protocol';
import { formatPath } from './access-report.ts';
import { formatMoment } from './moment.ts';
import { plainText } from './plain-text.ts';
import { formatTable } from './table.ts';
import { colorsFor } from './terminal.ts';

/**
 * Who may use an agent and who waits to be let in, as lines for people.
 *
 * @param command how to decide about them: `sercli authorize`
 */
export function formatClients({ agent, file, clients, waiting, broken = [] }: ClientList, command: string): string[] {
  const open = agent.open ? ' and is open: everybody on private networks may control its ports' : '';
  const title = `${colorsFor(process.stdout).bold(agent.name)} keeps its clients in ${formatPath(file)}${open}`;
  const skipped = broken.map(({ number, problem }) => `  line ${number} lets nobody in: ${plainText(problem)}`);
  return [
    title,
    ...skipped.map(colorsFor(process.stdout).yellow),
    ...formatWaiting(waiting, command),
    ...formatAuthorized(clients),
  ];
}

/** What a client asks for: `control of ttyS0`. */
export function wantsOf({ role, port }: Pick<WaitingClient, 'role' | 'port'>): string {
  return port === undefined ? role : `${role} of ${port}`;
}

/** What holds of a client once it is authorised. */
export function grantOf(name: string | undefined, fingerprint: string, { role, ports }: Authorization): string {
  return `${whoIs(name, fingerprint)} may ${role} ${ports.includes('*') ? 'all ports' : ports.join(', ')}`;
}

/** `anna@laptop (K7QF-2M9X-ABCD-EFGH)` */
export function whoIs(name: string | undefined, fingerprint: string): string {
  const shown = shownFingerprint(fingerprint);
  return name === undefined ? shown : `${plainText(name)} (${shown})`;
}

function formatWaiting(waiting: readonly WaitingClient[], command: string): string[] {
  if (waiting.length === 0) return ['  nobody waits to be let in'];
  const rows = waiting.map(({ fingerprint, name, address, since, isConnected, ...wanted }) => [
    shownFingerprint(fingerprint),
    name,
    address,
    wantsOf(wanted),
    `${formatMoment(since)}${isConnected ? '' : ', has left'}`,
  ]);
  const hints = formatTable([
    ['  let one in:', `${command} FINGERPRINT`],
    ['  turn one away:', `${command} --deny FINGERPRINT`],
  ]);
  return ['', '  WAITING', ...indent(formatRows(['FINGERPRINT', 'CLIENT', 'FROM', 'WANTS', 'SINCE'], rows)), ...hints];
}

function formatAuthorized(clients: readonly ListedClient[]): string[] {
  if (clients.length === 0) return ['  nobody is authorised'];
  const rows = clients.map(({ fingerprint, name = '', role, ports, since, note, isProvisioned }) => [
    shownFingerprint(fingerprint),
    name,
    role,
    ports.join(','),
    since === undefined ? '' : formatMoment(since),
    [isProvisioned ? 'from the environment' : undefined, note].filter((part) => part !== undefined).join(', '),
  ]);
  return ['', '  AUTHORISED', ...indent(formatRows(['FINGERPRINT', 'NAME', 'ROLE', 'PORTS', 'SINCE', 'NOTE'], rows))];
}

function formatRows(heads: readonly string[], rows: readonly string[][]): string[] {
  const [head = '', ...shown] = formatTable([heads, ...rows]);
  return [colorsFor(process.stdout).dim(head), ...shown];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
