import { listPorts } from '@sercli/client';
import {
  formatAgentAddress,
  formatLineSettings,
  type ListedPort,
  type PortList,
  parseAgentAddress,
} from '@sercli/protocol';
import { formatTable } from '../output/table.ts';
import { colorsFor, printJson, printLine } from '../output/terminal.ts';

/** `sercli ls`: the ports of an agent. */
export async function runLs(host: string, { json }: { readonly json?: true }): Promise<void> {
  const address = parseAgentAddress(host);
  const list = await listPorts(address);
  if (json) return printJson(list);
  printList(formatAgentAddress(address), list);
}

function printList(address: string, { agent, ports }: PortList): void {
  const colors = colorsFor(process.stdout);
  const open = agent.open ? ', open to private networks' : '';
  printLine(`${colors.bold(agent.name)} at ${address} (${agent.software}${open})`);
  if (ports.length === 0) return printLine('  no ports; serve one with: sercli agent --port DEVICE');
  const [head = '', ...rows] = formatTable([
    ['PORT', 'DEVICE', 'SETTINGS', 'STATE', 'DESCRIPTION'],
    ...ports.map((port) => [port.name, port.device, formatLineSettings(port.settings), stateOf(port), describe(port)]),
  ]);
  printLine(`  ${colors.dim(head)}`);
  for (const [index, row] of rows.entries()) {
    printLine(`  ${ports[index]?.state === 'unavailable' ? colors.dim(row) : row}`);
  }
}

function stateOf({ state, reason, controller }: ListedPort): string {
  if (state === 'unavailable') return `not served: ${reason}`;
  if (controller === undefined) return state;
  return `${controller.name} since ${new Date(controller.since).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })}`;
}

function describe({ description, usb }: ListedPort): string {
  const parts = [
    description,
    usb === undefined ? undefined : `USB ${usb.vendorId}:${usb.productId}`,
    usb?.serialNumber,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
