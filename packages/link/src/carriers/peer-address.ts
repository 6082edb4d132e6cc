import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { formatPlace } from '@sercli/protocol';

/** How those are shown who come by an agent's control socket, where there are no addresses. */
export const localPeer = 'localhost';

/** The address of a socket's other end: `192.168.7.2:51034`, `[fe80::1%eth0]:51034`. IPv4 in IPv6 is written as IPv4. */
export function addressOf(socket: Socket): string {
  // A dead TCP connection has lost its address as well; over the network, all is TLS.
  if (socket.remoteAddress === undefined && !(socket instanceof TLSSocket)) return localPeer;
  return formatPlace(plainAddress(socket.remoteAddress ?? 'unknown'), socket.remotePort ?? 0);
}

/** An IPv4 address that came mapped into IPv6 (RFC 4291 section 2.5.5.2), as IPv4. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
