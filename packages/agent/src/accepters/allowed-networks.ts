import { BlockList, isIP } from 'node:net';

/** A network as `192.168.7.0/24` or `2001:db8::/32`, or one address. */
interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefixBits: number;
}

/** Undefined if it is none. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  // A zone means something on one machine only, and net.BlockList knows none.
  if (version === 0 || address.includes('%') || more.length > 0) return undefined;
  const mostBits = version === 4 ? 32 : 128;
  const prefixBits = prefix === undefined ? mostBits : Number(prefix);
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || prefixBits > mostBits)) return undefined;
  return { address, family: version === 4 ? 'ipv4' : 'ipv6', prefixBits };
}

/** Whether an address may connect: any may where no network is given. IPv4 that came mapped into IPv6 counts as IPv4. */
export function networkFilter(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    if (network === undefined) throw new RangeError(`${text} is no network`);
    list.addSubnet(network.address, network.prefixBits, network.family);
  }
  return (address) => {
    const [bare = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
    const version = isIP(bare);
    return version !== 0 && list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  };
}
