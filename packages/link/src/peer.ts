import type { TLSSocket } from 'node:tls';
import { addressOf, localPeer, plainAddress } from './carriers/peer-address.ts';
import { fullFingerprintOf } from './fingerprint.ts';

/** Who is at the other end of a connection to an agent, as far as the connection proves it. */
export interface Peer {
  /** `192.168.7.2:51034`, `localhost` on a control socket. */
  readonly address: string;
  /** The IP address alone; undefined on a control socket, and when the connection is dead already. */
  readonly ipAddress: string | undefined;
  /** It came by the control socket: it is the user who runs the agent, or root. */
  readonly isLocal: boolean;
  /** The full fingerprint of the key that it proved to have; undefined if it showed no certificate, and on a control socket. */
  readonly fingerprint: string | undefined;
}

/** Who came by the control socket. */
export const ownPeer: Peer = { address: localPeer, ipAddress: undefined, isLocal: true, fingerprint: undefined };

/** Who came over TLS. */
export function tlsPeer(socket: TLSSocket): Peer {
  const certificate = socket.getPeerX509Certificate();
  const fingerprint = certificate === undefined ? undefined : fullFingerprintOf(certificate);
  const ipAddress = socket.remoteAddress === undefined ? undefined : plainAddress(socket.remoteAddress);
  return { address: addressOf(socket), ipAddress, isLocal: false, fingerprint };
}
