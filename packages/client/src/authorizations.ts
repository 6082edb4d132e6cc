import { isDeepStrictEqual } from 'node:util';
import { formatAuthorizedClient, type LocalAgent, parseAuthorizedClient } from '@sercli/link';
import {
  type Authorization,
  type ClientList,
  clientListPath,
  parseClientList,
  SercliError,
  waitingListPath,
} from '@sercli/protocol';
import { askLocalAgent } from './local-agents.ts';

/**
 * Asks an agent of this machine whom it admits, and who waits to be let in.
 *
 * @throws SercliError `agent-unreachable`, `not-an-agent`, `connection-lost`
 */
export function listClients(agent: LocalAgent): Promise<ClientList> {
  return askLocalAgent(agent, clientListPath, parseClientList);
}

/**
 * Lets a client in, or changes what it may do. It need not have asked.
 *
 * @param fingerprint the full one
 * @throws SercliError `usage` when the agent cannot keep that, and what `listClients` throws
 */
export async function authorizeClient(
  agent: LocalAgent,
  fingerprint: string,
  authorization: Authorization,
): Promise<ClientList> {
  const { name, ports } = authorization;
  if (name !== undefined && !isWritable(fingerprint, { name })) {
    const remedy = 'give at most 64 characters without blanks and #, as anna@laptop';
    throw new SercliError('usage', { what: `"${name}" cannot be the name of a client`, remedy });
  }
  const wrong = ports.find((pattern) => !isWritable(fingerprint, { ports: [pattern] }));
  if (wrong !== undefined) {
    const remedy = 'give names of ports, in which * and ? stand for others';
    throw new SercliError('usage', { what: `"${wrong}" cannot be the name of a port`, remedy });
  }
  const body = JSON.stringify(authorization);
  return askLocalAgent(agent, `${clientListPath}/${fingerprint}`, parseClientList, { method: 'PUT', body });
}

/**
 * Admits a client no longer, and ends its sessions.
 *
 * @param fingerprint the full one
 * @throws SercliError `client-not-found`, `usage` when the agent's environment authorises it, and what `listClients` throws
 */
export function removeClient(agent: LocalAgent, fingerprint: string): Promise<ClientList> {
  return askLocalAgent(agent, `${clientListPath}/${fingerprint}`, parseClientList, { method: 'DELETE' });
}

/**
 * Turns away a client that waits to be let in.
 *
 * @param fingerprint the full one
 * @throws SercliError `client-not-found`, and what `listClients` throws
 */
export function turnAwayClient(agent: LocalAgent, fingerprint: string): Promise<ClientList> {
  return askLocalAgent(agent, `${waitingListPath}/${fingerprint}`, parseClientList, { method: 'DELETE' });
}

/** Whether a line of the agent's file can say it. */
function isWritable(fingerprint: string, part: Partial<Authorization>): boolean {
  const client = { fingerprint, role: 'control', ports: ['*'], ...part } as const;
  const reading = parseAuthorizedClient(formatAuthorizedClient(client));
  return reading !== undefined && 'entry' in reading && isDeepStrictEqual(reading.entry, client);
}
