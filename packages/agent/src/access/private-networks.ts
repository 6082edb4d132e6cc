import { BlockList, isIPv6 } from 'node:net';

/** Networks that are nobody's but the owner's: RFC 1122 loopback, RFC 1918, RFC 3927, RFC 4291, RFC 4193, RFC 6598. */
const privateNetworks = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
] as const;

const admitted = new BlockList();
for (const [network, prefix, family] of privateNetworks) admitted.addSubnet(network, prefix, family);

/** Whether an address is loopback, link-local, private or ULA: the only ones an agent without authorisation serves. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  return admitted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}
