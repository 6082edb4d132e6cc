import {
  formatLineSettings,
  type ListedAccepter,
  type ListedPort,
  type PortList,
  type SercliError,
} from '@sercli/protocol';
import { formatMoment } from './moment.ts';
import { plainText } from './plain-text.ts';
import { formatTable } from './table.ts';
import { colorsFor } from './terminal.ts';

interface Column {
  readonly title: string;
  readonly cell: (port: ListedPort) => string;
  readonly isShown?: (ports: readonly ListedPort[]) => boolean;
}

const columnTable: readonly Column[] = [
  { title: 'PORT', cell: ({ name }) => name },
  { title: 'DEVICE', cell: ({ device }) => device },
  { title: 'SETTINGS', cell: ({ settings }) => formatLineSettings(settings) },
  { title: 'STATE', cell: stateOf },
  {
    title: 'TCP',
    cell: ({ accepters = [] }) => accepters.map(accepterText).join(', '),
    isShown: (ports) => ports.some(({ accepters }) => accepters !== undefined),
  },
  { title: 'DESCRIPTION', cell: describe },
];

/** An agent and its ports, as lines for people. */
export function formatAgent(address: string, { agent, ports }: PortList): string[] {
  const colors = colorsFor(process.stdout);
  const open = agent.open ? ', open to private networks' : '';
  const title = `${colors.bold(plainText(agent.name))} at ${address} (${plainText(agent.software)}${open})`;
  if (ports.length === 0) return [title, '  no ports; serve one with: sercli agent --port DEVICE'];
  const columns = columnTable.filter(({ isShown }) => isShown?.(ports) ?? true);
  const [head = '', ...rows] = formatTable([
    columns.map(({ title }) => title),
    ...ports.map((port) => columns.map(({ cell }) => cell(port))),
  ]);
  const shownRows = rows.map((row, index) => (isServed(ports[index]) ? row : colors.dim(row)));
  return [title, `  ${colors.dim(head)}`, ...shownRows.map((row) => `  ${row}`)];
}

/** An agent that does not tell its ports, as a line for people. */
export function formatRefusal(name: string, address: string, error: SercliError): string {
  return `${colorsFor(process.stdout).bold(plainText(name))} at ${address} (${plainText(whyRefused(name, error))})`;
}

function whyRefused(name: string, error: SercliError): string {
  if (error.code !== 'not-authorized') return error.message;
  return `does not know this client yet: sercli attach ${name}/PORT asks to be let in`;
}

function isServed(port: ListedPort | undefined): boolean {
  return port?.state === 'idle' || port?.state === 'open';
}

function stateOf({ state, reason, controller }: ListedPort): string {
  if (state === 'unavailable') return `not served: ${reason}`;
  if (state === 'lost') return `lost: ${reason}`;
  if (controller === undefined) return state;
  const others = controller.others?.length ?? 0;
  const more = others === 0 ? '' : ` and ${others} ${others === 1 ? 'other' : 'others'}`;
  return `${controller.name} since ${formatMoment(controller.since)}${more}`;
}

/** `127.0.0.1:3333 auto`; with clients, what they speak: `127.0.0.1:3333 auto (raw, telnet)`. */
function accepterText({ addresses, protocol, clients }: ListedAccepter): string {
  const spoken = clients.length === 0 ? '' : ` (${clients.join(', ')})`;
  return `${addresses.join(' ')} ${protocol}${spoken}`;
}

function describe({ description, usb }: ListedPort): string {
  const id = usb === undefined ? undefined : `USB ${usb.vendorId}:${usb.productId}`;
  return [description, id, usb?.serialNumber].filter((part) => part !== undefined).join(', ');
}
