import { type ClientRequest, type RequestOptions, request } from 'node:http';
import type { Socket } from 'node:net';
import { type AgentAddress, formatPlace } from '@sercli/protocol';
import { connectToAgent, type DialKeys } from './agent-tls.ts';

/** How long an agent has to answer before it counts as unreachable, in milliseconds. */
export const dialTimeoutMs = 10_000;

/** Where to reach an agent: its address in the network, or its socket on this machine. */
export interface AgentPlace extends AgentAddress {
  /** The agent's control socket, which goes before the address: no network, no TLS, no keys. */
  readonly socketPath?: string;
}

/** What a request to an agent can say. */
export type AgentRequestOptions = Pick<RequestOptions, 'method' | 'path' | 'headers' | 'timeout'> & {
  readonly signal?: AbortSignal | undefined;
};

/** Begins an HTTP request to an agent: over TLS, once the agent has proved who it is, or over its socket. */
export function requestAgent(
  place: AgentPlace,
  keys: DialKeys,
  { signal, ...options }: AgentRequestOptions,
): ClientRequest {
  const asked = { ...options, ...(signal === undefined ? {} : { signal }) };
  const { host, tcpPort: port, socketPath } = place;
  if (socketPath !== undefined) return request({ agent: false, ...asked, socketPath });
  return request({ ...asked, host, port, createConnection: agentConnector(place, keys, { signal, ...options }) });
}

/** How node:http gets its connection to an agent. */
export function agentConnector(
  place: AgentPlace,
  keys: DialKeys,
  { signal, timeout = dialTimeoutMs }: Pick<AgentRequestOptions, 'signal' | 'timeout'>,
) {
  return (_options: unknown, connected: (error: Error | null, socket: Socket) => void): undefined => {
    connectToAgent(place, keys, { signal, timeoutMs: timeout }).then(
      (socket) => connected(null, socket),
      // Types of Node want a socket beside an error; there is none.
      (error: unknown) => (connected as (error: unknown) => void)(error),
    );
  };
}

/** A place in messages: `192.168.1.7:7372`, `/run/sercli/SerialMachine.sock`. */
export function formatAgentPlace({ host, tcpPort, socketPath }: AgentPlace): string {
  return socketPath ?? formatPlace(host, tcpPort);
}
