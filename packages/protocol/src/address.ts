import { SercliError } from './errors.ts';

/** The TCP port of an agent unless another one is said. */
export const defaultTcpPort = 7372;

/** Where an agent listens. */
export interface AgentAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets, with its zone if it has one (RFC 4007: `fe80::1%eth0`). */
  readonly host: string;
  readonly tcpPort: number;
  /** How the native protocol is carried: on the upgraded stream, or as WebSocket messages (`wss://`). */
  readonly carrier: 'stream' | 'websocket';
}

/** A port of an agent: `SerialMachine/ttyS0`. */
export interface PortAddress extends AgentAddress {
  /** The port's name on its agent. */
  readonly port: string;
}

/** Names that a port may have: they stand in addresses, file names and URLs, so `.` and `..` are none. */
export const portNamePattern: RegExp = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/**
 * Reads `host/port`, `host:tcpPort/port`, `[IPv6]:tcpPort/port` or `wss://host:tcpPort/port`.
 *
 * @throws SercliError `bad-address`
 */
export function parsePortAddress(text: string): PortAddress {
  const match = /^(wss:\/\/)?([^/]*)\/(.*)$/.exec(text);
  if (match === null) throw badAddress(text, 'it names no port');
  const [, scheme, place = '', port = ''] = match;
  if (!portNamePattern.test(port)) {
    throw badAddress(text, port === '' ? 'the name of the port is missing' : `"${port}" cannot be the name of a port`);
  }
  return { ...parsePlace(text, place), carrier: scheme === undefined ? 'stream' : 'websocket', port };
}

/**
 * Reads `host`, `host:tcpPort`, `[IPv6]:tcpPort` or `wss://host:tcpPort`.
 *
 * @throws SercliError `bad-address`
 */
export function parseAgentAddress(text: string): AgentAddress {
  const match = /^(wss:\/\/)?([^/]*)\/?$/.exec(text);
  if (match === null) throw badAddress(text, 'it names a port, and a host alone is wanted');
  const [, scheme, place = ''] = match;
  return { ...parsePlace(text, place), carrier: scheme === undefined ? 'stream' : 'websocket' };
}

/**
 * Reads where an agent is to listen: `address`, `address:tcpPort`, `[IPv6]:tcpPort`, or `:tcpPort` for all interfaces.
 * TCP port 0 is any free one.
 *
 * @throws SercliError `bad-address`
 */
export function parseListenAddress(text: string): { host: string; tcpPort: number } {
  return parsePlace(text, text.startsWith(':') ? `[::]${text}` : text, 0);
}

/** A place in messages: `192.168.1.7:7372`, `[fe80::1%eth0]:7372`. */
export function formatPlace(host: string, tcpPort: number): string {
  return host.includes(':') ? `[${host}]:${tcpPort}` : `${host}:${tcpPort}`;
}

/** Writes an address so that `parsePortAddress` reads it back; the default TCP port is left out. */
export function formatPortAddress(address: PortAddress): string {
  return `${formatAgentAddress(address)}/${address.port}`;
}

/** Writes an address so that `parseAgentAddress` reads it back; the default TCP port is left out. */
export function formatAgentAddress(address: AgentAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const tcpPort = address.tcpPort === defaultTcpPort ? '' : `:${address.tcpPort}`;
  return `${address.carrier === 'websocket' ? 'wss://' : ''}${host}${tcpPort}`;
}

function parsePlace(text: string, place: string, lowestTcpPort = 1): { host: string; tcpPort: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[^\]\s]+)?)\]|([^\s:[\]%@]+))(?::(\d+))?$/.exec(place);
  const host = match?.[1] ?? match?.[2];
  if (match === null || host === undefined) throw badAddress(text, whyNoPlace(place));
  const tcpPort = match[3] === undefined ? defaultTcpPort : Number(match[3]);
  if (tcpPort < lowestTcpPort || tcpPort > 65535) {
    throw badAddress(text, `a TCP port is a number from ${lowestTcpPort} to 65535`);
  }
  return { host, tcpPort };
}

function whyNoPlace(place: string): string {
  if (place === '') return 'the host is missing';
  if (place.split(':').length > 2 && !place.startsWith('[')) return 'an IPv6 address stands in square brackets';
  return `"${place}" is not a host with an optional TCP port`;
}

function badAddress(address: string, reason: string): SercliError {
  return new SercliError('bad-address', { address, reason });
}
