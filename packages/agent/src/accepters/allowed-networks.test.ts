import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkFilter, parseNetwork } from './allowed-networks.ts';

describe('networks that may connect', () => {
  it.each([
    [[], '10.0.0.1', true],
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['10.0.0.7'], '10.0.0.7', true],
    [['10.0.0.7'], '10.0.0.8', false],
    [['10.0.0.0/8'], '::1', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['0.0.0.0/0'], '::1', false],
    [['0.0.0.0/0', '::/0'], '::1', true],
    [['::/0'], 'no address', false],
  ])('%j: %s %s', (networks, address, isAllowed) => {
    expect(networkFilter(networks)(address)).toBe(isAllowed);
  });

  it.each(['', '10.0.0.0/33', '::/129', '10.0.0', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/-1', 'fe80::1%eth0', 'host'])(
    '%j is none',
    (text) => {
      expect(parseNetwork(text)).toBeUndefined();
    },
  );

  it('an IPv4 network holds exactly the addresses with its prefix', () => {
    const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (network, address, prefixBits) => {
        const bits = (bytes: readonly number[]): string =>
          bytes
            .map((byte) => byte.toString(2).padStart(8, '0'))
            .join('')
            .slice(0, prefixBits);
        const isWithin = networkFilter([`${network.join('.')}/${prefixBits}`])(address.join('.'));
        expect(isWithin).toBe(bits(network) === bits(address));
      }),
    );
  });
});
