import { type ClientRequest, type RequestOptions as HttpOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { type AgentAddress, formatPlace } from '@sercli/protocol';

/** Where to reach an agent: its address in the network, or its socket on this machine. */
export interface AgentPlace extends AgentAddress {
  /** The agent's control socket, which goes before the address: no network, no TLS. */
  readonly socketPath?: string;
}

/**
 * What TLS is asked for. The agent's certificate signs itself, so the system's authorities have nothing to say about it.
 * Without an agent of node:https no TLS session is ever resumed: a resumed one hides the peer's certificate.
 */
export const tlsOptions: RequestOptions = { agent: false, rejectUnauthorized: false, minVersion: 'TLSv1.3' };

/** Begins an HTTP request to an agent. */
export function requestAgent({ host, tcpPort, socketPath }: AgentPlace, options: HttpOptions): ClientRequest {
  if (socketPath !== undefined) return httpRequest({ agent: false, ...options, socketPath });
  return httpsRequest({ ...tlsOptions, ...options, host, port: tcpPort });
}

/** A place in messages: `192.168.1.7:7372`, `/run/sercli/SerialMachine.sock`. */
export function formatAgentPlace({ host, tcpPort, socketPath }: AgentPlace): string {
  return socketPath ?? formatPlace(host, tcpPort);
}
