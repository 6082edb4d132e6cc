import type { RemoteLink } from '@sercli/link';
import { type LineSettings, type ListedPort, type PortAddress, SercliError, type SessionStart } from '@sercli/protocol';
import type { AgentConnections } from './agent-connections.ts';
import { type AttachmentOptions, openOptions } from './attachment-options.ts';
import type { Relay } from './relay.ts';

/** The port of the agent, as an attachment has it. */
export type FarPort =
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening'; readonly giveUp: AbortController; readonly last: LastLink | undefined }
  | { readonly kind: 'up'; readonly link: RemoteLink; readonly relay: Relay }
  | { readonly kind: 'waiting'; readonly giveUp: AbortController; readonly last: LastLink | undefined }
  | { readonly kind: 'ended' };

/** The link that was lost, with what it had received and its application has not read. */
export interface LastLink {
  readonly link: RemoteLink;
  readonly relay: Relay;
}

/** Where reading goes on after a link was lost: behind the last byte that it received, if the agent still counts so. */
export function startAfter({ link }: LastLink): SessionStart {
  return { kind: 'offset', offset: link.receivedOffset, epoch: link.start.epoch };
}

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
