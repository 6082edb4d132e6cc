import type { PortAddress } from '@sercli/protocol';
import type { DiscoverOptions, FindOptions } from './agent-search.ts';
import { Client, type ClientOptions } from './client.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { AgentChange, DiscoveredAgent } from './discovered-agent.ts';
import type { RemotePort } from './remote-port.ts';

/**
 * Opens a port of an agent, as `Client.connect` does, on a connection of its own:
 *
 *     const port = await connect('SerialMachine/ttyS0', { settings: { baudRate: 9600 } });
 *
 * @throws SercliError as `Client.connect`
 */
export async function connect(
  address: string | PortAddress,
  options: ConnectOptions & ClientOptions = {},
): Promise<RemotePort> {
  return new Client(options).connect(address, options);
}

/** The agents that let themselves be found, with their ports, and what changes about them, as `Client.discover`. */
export function discover(options: DiscoverOptions & ClientOptions = {}): AsyncGenerator<AgentChange, void, void> {
  return new Client(options).discover(options);
}

/** The agents that let themselves be found now, as `Client.agents`. @throws SercliError `aborted`, `usage` */
export async function findAgents(options: FindOptions & ClientOptions = {}): Promise<readonly DiscoveredAgent[]> {
  return new Client(options).agents(options);
}
