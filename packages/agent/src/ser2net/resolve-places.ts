import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { formatPlace } from '@sercli/protocol';
import type { PlacedAccepter } from '../accepters/accepter-config.ts';
import type { ListenPlace } from '../server/listen-place.ts';

/**
 * Accepters that listen on every address of the hosts that they name, as ser2net does: `localhost` has two. Each address is
 * that of the first.
 *
 * @param report is told what others go without
 */
export async function resolvePlaces(
  accepters: readonly PlacedAccepter[],
  report: (text: string) => void,
): Promise<PlacedAccepter[]> {
  const resolved = await Promise.all(accepters.map(({ config }) => Promise.all(config.listen.map(resolvePlace))));
  const taken = new Set<string>();
  return accepters.flatMap(({ ports, config }, index) => {
    if (!config.enabled) return [{ ports, config }];
    const listen = (resolved[index] ?? []).flat().filter(({ host, tcpPort }) => {
      const address = formatPlace(host, tcpPort);
      const isFree = !taken.has(address);
      if (!isFree) report(`${ports.join(', ')} is not served on ${address}: something above is`);
      taken.add(address);
      return isFree;
    });
    return listen.length === 0 ? [] : [{ ports, config: { ...config, listen } }];
  });
}

async function resolvePlace(place: ListenPlace): Promise<ListenPlace[]> {
  if (isIP(place.host) !== 0) return [place];
  try {
    const found = await lookup(place.host, { all: true });
    const hosts = [...new Set(found.map(({ address }) => address))];
    return hosts.map((host) => ({ ...place, host }));
  } catch {
    // Listening says what is wrong with the name.
    return [place];
  }
}
