import {
  type AccessProtocol,
  accessProtocols,
  parseListenAddress,
  portNamePattern,
  SercliError,
} from '@sercli/protocol';
import type { ListenPlace } from '../server/listen-place.ts';
import { accepterOf, type PlacedAccepter } from './accepter-config.ts';

/** Nobody is asked who he is, so nobody else comes unless it is said. */
const loopback = '127.0.0.1';

/**
 * Reads where an accepter listens: `3333` on the loopback interface, `192.168.1.7:3333`, `[::1]:3333`, and `:3333` or
 * `*:3333` on all interfaces. TCP port 0 is any free one.
 *
 * @throws SercliError `bad-address`
 */
export function parseAccepterListen(text: string): ListenPlace {
  if (/^\d+$/.test(text)) return parseListenAddress(`${loopback}:${text}`);
  if (!/:\d+$/.test(text)) throw new SercliError('bad-address', { address: text, reason: 'its TCP port is missing' });
  return parseListenAddress(text.replace(/^\*:/, ':'));
}

/**
 * Reads `[ADDR:]TCPPORT[,PROTOCOL]`.
 *
 * @throws SercliError `bad-address`, `usage`
 */
export function parseAccepterPlace(text: string): { listen: ListenPlace; protocol?: AccessProtocol } {
  const [place = '', ...protocols] = text.split(',');
  const listen = parseAccepterListen(place.trim());
  return protocols.length === 0 ? { listen } : { listen, protocol: parseProtocol(protocols.join(',').trim()) };
}

/**
 * Reads what stands behind `--tcp`: `[ADDR:]TCPPORT=PORT[,PROTOCOL]`.
 *
 * @throws SercliError `bad-address`, `usage`
 */
export function parseTcpFlag(text: string): PlacedAccepter {
  const [, place, port = '', protocol] = /^([^=]+)=([^,]*)(?:,(.*))?$/s.exec(text) ?? [];
  if (place === undefined || !portNamePattern.test(port)) {
    const remedy = 'write [ADDR:]TCPPORT=PORT[,PROTOCOL], as 3333=ttyS0, where PORT is the name that ls shows';
    throw new SercliError('usage', { what: `--tcp "${text}" does not say which port is served where`, remedy });
  }
  const said = protocol === undefined ? {} : { protocol: parseProtocol(protocol) };
  return { ports: [port], config: accepterOf(parseAccepterListen(place), said) };
}

function parseProtocol(text: string): AccessProtocol {
  const found = accessProtocols.find((protocol) => protocol === text);
  if (found !== undefined) return found;
  const remedy = `give one of ${accessProtocols.join(', ')}`;
  throw new SercliError('usage', { what: `"${text}" is no protocol of an accepter`, remedy });
}
