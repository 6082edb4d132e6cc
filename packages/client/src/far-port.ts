import { type LineSettings, type ListedPort, type PortAddress, SercliError } from '@sercli/protocol';
import type { AgentConnections } from './agent-connections.ts';
import { type AttachmentOptions, openOptions } from './attachment-options.ts';

/**
 * What the far port will be opened with; it is only looked up.
 *
 * @throws SercliError `port-not-found`, `port-unavailable`, `device-lost`, and what finding the agent throws
 */
export async function lookUpFarPort(
  address: PortAddress,
  connections: AgentConnections,
  options: AttachmentOptions,
): Promise<LineSettings> {
  const { role, settings, signal } = options;
  const { agent, ports } = await connections.listPorts(address, { ...openOptions(options, signal), role });
  const found = ports.find((port) => port.name === address.port);
  if (found === undefined) {
    const names = ports.map((port) => port.name).join(', ') || 'none';
    throw new SercliError('port-not-found', { port: address.port, host: agent.name, ports: names });
  }
  refuseAbsent(found, agent.name);
  return { ...found.settings, ...settings };
}

/** A port that is only listed, or whose device is gone, cannot be opened when an application comes. */
function refuseAbsent({ name, state, reason = '' }: ListedPort, host: string): void {
  if (state === 'unavailable') throw new SercliError('port-unavailable', { port: name, host, reason });
  if (state === 'lost') throw new SercliError('device-lost', { device: `${name} on ${host}`, reason });
}
