import type { Peer } from '@sercli/link';

/** Full fingerprints, each of one letter. */
export function fingerprintWith(letter: string): string {
  return `${letter.repeat(51)}A`;
}

/** Somebody who came over TLS. */
export function tlsPeerOf(fingerprint: string | undefined, ipAddress = '203.0.113.7'): Peer {
  return { address: `${ipAddress}:51034`, ipAddress, isLocal: false, fingerprint };
}

export const ownPeer: Peer = { address: 'localhost', ipAddress: undefined, isLocal: true, fingerprint: undefined };
