import { formatLineSettings, type ListedPort, type PortList, type SercliError } from '@sercli/protocol';
import { formatMoment } from './moment.ts';
import { plainText } from './plain-text.ts';
import { formatTable } from './table.ts';
import { colorsFor } from './terminal.ts';

/** An agent and its ports, as lines for people. */
export function formatAgent(address: string, { agent, ports }: PortList): string[] {
  const colors = colorsFor(process.stdout);
  const open = agent.open ? ', open to private networks' : '';
  const title = `${colors.bold(plainText(agent.name))} at ${address} (${plainText(agent.software)}${open})`;
  if (ports.length === 0) return [title, '  no ports; serve one with: sercli agent --port DEVICE'];
  const [head = '', ...rows] = formatTable([
    ['PORT', 'DEVICE', 'SETTINGS', 'STATE', 'DESCRIPTION'],
    ...ports.map((port) => [port.name, port.device, formatLineSettings(port.settings), stateOf(port), describe(port)]),
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

function describe({ description, usb }: ListedPort): string {
  const id = usb === undefined ? undefined : `USB ${usb.vendorId}:${usb.productId}`;
  return [description, id, usb?.serialNumber].filter((part) => part !== undefined).join(', ');
}
