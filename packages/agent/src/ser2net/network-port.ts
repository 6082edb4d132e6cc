import { isIP } from 'node:net';
import type { ListenPlace } from '../server/listen-place.ts';
import { splitStack } from './gensio-stack.ts';
import type { NamedFiles } from './statement.ts';

export type Ser2netProtocol = 'raw' | 'telnet' | 'rfc2217';

/** What an accepter stack says. */
export interface AccepterStack {
  readonly protocol: Ser2netProtocol;
  /** Whether RFC 2217 was chosen or refused in so many words; else defaults decide. */
  readonly saysRemoteControl: boolean;
  /** Nothing where clients come by a rotator only. */
  readonly listen: ListenPlace | undefined;
}

/** Why an accepter cannot be served. */
export interface Refusal {
  readonly reason: string;
}

const unserved: Readonly<Record<string, string>> = {
  udp: 'UDP is not served; use TCP',
  sctp: 'SCTP is not served; use TCP',
  unix: 'unix sockets are not served; use TCP',
  unixseq: 'unix sockets are not served; use TCP',
  unixdgram: 'unix sockets are not served; use TCP',
  ssl: 'it would be served without its TLS; use the native protocol, which is encrypted',
  certauth: 'it would be served without asking who connects; use "sercli authorize"',
  mux: 'mux is not spoken; use the native protocol',
  stdio: 'standard input and output are not served; run the agent as a service',
  websocket: 'its WebSocket is not spoken; the native protocol has one',
  ssh: 'its ssh is not spoken; the native protocol is encrypted',
};

const networks: Readonly<Record<string, string>> = { ipv4: '0.0.0.0', ipv6: '::', ipv6n4: '::', default: '::' };

/** Reads `telnet(rfc2217),tcp,ipv4,localhost,3333`, and the network port of the line format, which is a part of it. */
export function readAccepter(text: string, files: NamedFiles): AccepterStack | Refusal {
  let protocol: Ser2netProtocol = 'raw';
  let saysRemoteControl = false;
  let everywhere = '::';
  const rest: string[] = [];
  for (const { name, options } of splitStack(text)) {
    const layer = name.toLowerCase();
    const reason = rest.length === 0 && Object.hasOwn(unserved, layer) ? unserved[layer] : undefined;
    if (reason !== undefined) return { reason };
    if (rest.length === 0 && layer === 'dummy') return { protocol, saysRemoteControl, listen: undefined };
    if (rest.length === 0 && layer === 'telnet') {
      const said = options.findLast((option) => /^rfc2217(=|$)/.test(option));
      saysRemoteControl = said !== undefined;
      protocol = said !== undefined && !isOff(said) ? 'rfc2217' : 'telnet';
    } else if (rest.length === 0 && Object.hasOwn(networks, layer)) everywhere = networks[layer] ?? everywhere;
    else if (rest.length > 0 || layer !== 'tcp') rest.push(name);
  }
  const listen = placeOf(rest, everywhere, files);
  return 'reason' in listen ? listen : { protocol, saysRemoteControl, listen };
}

function isOff(option: string): boolean {
  return /=(false|off|no|0)$/i.test(option);
}

function placeOf(words: readonly string[], everywhere: string, files: NamedFiles): ListenPlace | Refusal {
  const [one, other, ...more] = words;
  if (one === undefined || more.length > 0) {
    return { reason: `"${words.join(',')}" is no network port; write for example tcp,3333` };
  }
  const [host, port] = other === undefined ? [everywhere, one] : [one, other];
  const tcpPort = tcpPortOf(port, files);
  if (tcpPort === undefined) return { reason: `"${port}" is no TCP port and no name of a service` };
  if (tcpPort === 0) return { reason: 'ports of inetd are not served; run the agent as a service' };
  if (isIP(host) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$/.test(host)) return { reason: `"${host}" is no host` };
  return { host, tcpPort };
}

function tcpPortOf(text: string, files: NamedFiles): number | undefined {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= 65_535 ? Number(text) : undefined;
  let services: string;
  try {
    services = files.read('/etc/services');
  } catch {
    return undefined;
  }
  for (const line of services.split('\n')) {
    const [name, port = '', ...aliases] = line.replace(/#.*$/, '').split(/\s+/);
    const number = /^(\d+)\/tcp$/.exec(port)?.[1];
    if (number !== undefined && [name, ...aliases].includes(text)) return Number(number);
  }
  return undefined;
}
