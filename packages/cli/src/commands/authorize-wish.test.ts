import { describe, expect, it } from 'vitest';
import { parseWish } from './authorize-wish.ts';

describe('parseWish', () => {
  it('lists unless a client is named', () => {
    expect(parseWish(undefined, { json: true, agent: 'plant' })).toEqual({ kind: 'list' });
  });

  it('leaves out of the rights what was not said', () => {
    expect(parseWish('k7qf', {})).toEqual({ kind: 'authorise', client: 'k7qf', rights: {} });
    const flags = { role: 'monitor', ports: 'ttyS*, plc', name: 'anna' };
    const rights = { role: 'monitor', ports: ['ttyS*', 'plc'], name: 'anna' };
    expect(parseWish('k7qf', flags)).toEqual({ kind: 'authorise', client: 'k7qf', rights });
  });

  it('removes and turns away', () => {
    expect(parseWish('k7qf', { remove: true })).toEqual({ kind: 'remove', client: 'k7qf' });
    expect(parseWish('k7qf', { deny: true })).toEqual({ kind: 'deny', client: 'k7qf' });
  });

  it.each([
    [undefined, { role: 'control' }, '--role is for one client; give its fingerprint'],
    [undefined, { remove: true }, '--remove is for one client'],
    ['k7qf', { remove: true, deny: true }, '--remove and --deny contradict each other'],
    ['k7qf', { deny: true, ports: '*' }, '--deny and --ports contradict each other'],
    ['k7qf', { role: 'owner' }, '--role "owner" is no role; give control or monitor'],
    ['k7qf', { ports: 'ttyS0,' }, '--ports "ttyS0," names no ports'],
  ] as const)('refuses %s with %j', (client, flags, reason) => {
    expect(() => parseWish(client, flags)).toThrow(reason);
  });
});
