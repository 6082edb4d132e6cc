import { describe, expect, it } from 'vitest';
import type { InterfaceChoice } from './discovery.ts';
import { chosenAddresses, type InterfaceAddress, mayCome, unusableParts } from './local-addresses.ts';

function addressOf(interfaceName: string, address: string, prefixLength: number): InterfaceAddress {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return { interfaceName, address, family, prefixLength, isLoopback: interfaceName === 'lo' };
}

const all = [
  addressOf('lo', '127.0.0.1', 8),
  addressOf('lo', '::1', 128),
  addressOf('eth0', '10.0.1.1', 24),
  addressOf('eth0', '10.0.9.1', 24),
  addressOf('eth0', 'fd00::1', 64),
  addressOf('eth1', '10.0.2.1', 24),
  addressOf('eth1', 'fe80::2', 64),
  addressOf('veth6', 'fe80::3', 64),
];

function chosen(choice: InterfaceChoice): string[] {
  return chosenAddresses(choice, all).map(({ address, advertised }) => `${address} tells ${advertised.join(' ')}`);
}

const loopback = '127.0.0.1 tells 127.0.0.1 ::1';
const everywhere = [
  loopback,
  '10.0.1.1 tells 10.0.1.1 10.0.9.1 fd00::1',
  '10.0.9.1 tells 10.0.1.1 10.0.9.1 fd00::1',
  '10.0.2.1 tells 10.0.2.1 fe80::2',
];

describe('a choice of interfaces', () => {
  it.each<[InterfaceChoice, string[]]>([
    ['all', everywhere],
    [['::'], everywhere],
    [['0.0.0.0'], everywhere],
    ['loopback', [loopback]],
    [['127.0.0.1'], ['127.0.0.1 tells 127.0.0.1']],
    [['127.1.2.3'], ['127.0.0.1 tells 127.0.0.1']],
    [['::1'], ['127.0.0.1 tells ::1']],
    [['eth1'], ['10.0.2.1 tells 10.0.2.1 fe80::2']],
    [['10.0.9.1'], ['10.0.9.1 tells 10.0.9.1']],
    [['fd00::1'], ['10.0.1.1 tells fd00::1']],
    [['fe80::2%eth1'], ['10.0.2.1 tells fe80::2']],
    [['fe80::2%eth0'], []],
    [['veth6'], []],
    [['eth7'], []],
    [[], []],
  ])('%j is as it says', (choice, expected) => expect(chosen(choice)).toEqual(expected));

  it('says what of it comes to nothing', () => {
    expect(unusableParts('all', all)).toEqual([]);
    expect(unusableParts('loopback', [])).toEqual([]);
    expect(unusableParts('all', [])).toEqual([]);
    expect(unusableParts(['eth0', 'eth7', 'veth6'], all)).toMatchObject([
      { place: 'eth7', reason: expect.stringContaining('no interface') },
      { place: 'veth6', reason: expect.stringContaining('IPv4') },
    ]);
    const withoutIpv4 = all.filter(({ family, isLoopback }) => isLoopback || family === 'IPv6');
    expect(unusableParts('all', withoutIpv4)).toMatchObject([{ place: 'eth0, eth1, veth6' }]);
  });
});

describe('where a packet comes from', () => {
  it('is told by its source', () => {
    const [here] = chosenAddresses(['eth1'], all);
    if (here === undefined) throw new Error('eth1 has an address');
    expect(['10.0.2.7', '10.0.1.7', '127.0.0.1', '192.168.0.1'].map((source) => mayCome(source, here, all))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});
