import { networkInterfaces } from 'node:os';

/** Between two looks, in milliseconds; one takes below 0.1 ms. */
const lookMs = 1_000;

/**
 * Calls `gone` once when no running network interface of this machine has the IP address any more: a TCP connection from
 * there is dead, and says so only after the peer has been silent for long. Returns what stops the watch.
 */
export function watchLocalAddress(
  address: string,
  gone: () => void,
  hasAddress: (address: string) => boolean = isLocal,
): () => void {
  // Never seen: an interface that has just come up does not count as running at once, and some networks translate.
  let wasSeen = hasAddress(address);
  const timer = setInterval(() => {
    const isThere = hasAddress(address);
    if (wasSeen && !isThere) {
      clearInterval(timer);
      gone();
    }
    wasSeen = isThere;
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** IPv4 in IPv6 (RFC 4291 section 2.5.5.2) counts as IPv4; a zone does not count. */
function isLocal(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return Object.values(networkInterfaces()).some((places) => places?.some((place) => place.address === plain));
}
