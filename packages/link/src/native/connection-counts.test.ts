import { expect, it } from 'vitest';
import { ConnectionCounts } from './connection-counts.ts';

it('counts each address by itself, and forgets those without connections', () => {
  const counts = new ConnectionCounts(2);
  expect([1, 2, 3].map(() => counts.add('192.168.7.2'))).toEqual([true, true, false]);
  expect(counts.add('192.168.7.3')).toBe(true);
  counts.remove('192.168.7.2');
  expect([1, 2].map(() => counts.add('192.168.7.2'))).toEqual([true, false]);
  for (const address of ['192.168.7.2', '192.168.7.2', '192.168.7.3']) counts.remove(address);
  expect(counts.size).toBe(0);
});

it.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:aaaa:bbbb:cccc:dddd'],
  ['2001:db8::1', '2001:db8:0:0:1::'],
  ['::1', '::2'],
])('counts %s and %s as one', (one, other) => {
  const counts = new ConnectionCounts(1);
  expect([counts.add(one), counts.add(other)]).toEqual([true, false]);
});

it.each([
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['fe80::1%eth0', 'fe80::2%eth0'],
  ['127.0.0.1', '127.0.0.2'],
])('counts %s and %s as two', (one, other) => {
  const counts = new ConnectionCounts(1);
  expect([counts.add(one), counts.add(other)]).toEqual([true, true]);
});
