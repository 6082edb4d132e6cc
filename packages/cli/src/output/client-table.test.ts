import type { ClientList } from '@sercli/protocol';
import { describe, expect, it } from 'vitest';
import { formatClients, grantOf } from './client-table.ts';
import { formatMoment } from './moment.ts';

const now = new Date().toISOString();
const time = formatMoment(now);
const anna = `${'A'.repeat(51)}Q`;
const bob = `${'B'.repeat(51)}A`;
const empty: ClientList = {
  version: 1,
  agent: { name: 'plant', software: 'test', open: false },
  file: '/state/authorized_clients',
  clients: [],
  waiting: [],
};

describe('formatClients', () => {
  it('says that nobody is there', () => {
    expect(formatClients({ ...empty, agent: { ...empty.agent, open: true } }, 'sercli authorize')).toEqual([
      'plant keeps its clients in /state/authorized_clients and is open: everybody on private networks may control its ports',
      '  nobody waits to be let in',
      '  nobody is authorised',
    ]);
  });

  it('tells of lines that cannot be read', () => {
    const broken = [{ number: 3, problem: '"rol=\u001bmonitor" is not right' }];
    expect(formatClients({ ...empty, broken }, 'sercli authorize')[1]).toBe(
      '  line 3 lets nobody in: "rol=?monitor" is not right',
    );
  });

  it('shows who waits, what can be done about it, and who is authorised', () => {
    const asked = { role: 'control', since: now, until: now, address: '192.168.7.2:51034' } as const;
    const list: ClientList = {
      ...empty,
      waiting: [
        { ...asked, fingerprint: anna, name: 'anna@\x1b[2Jlaptop', port: 'ttyS0', isConnected: true },
        { ...asked, fingerprint: bob, name: 'bob', isConnected: false },
      ],
      clients: [
        { fingerprint: bob, role: 'monitor', ports: ['ttyS*', 'plc'], since: now, note: 'night shift' },
        { fingerprint: anna, role: 'control', ports: ['*'], name: 'hub', isProvisioned: true },
      ],
    };
    expect(formatClients(list, 'sercli authorize --agent plant').slice(1)).toEqual([
      '',
      '  WAITING',
      '  FINGERPRINT          CLIENT           FROM               WANTS             SINCE',
      `  AAAA-AAAA-AAAA-AAAA  anna@?[2Jlaptop  192.168.7.2:51034  control of ttyS0  ${time}`,
      `  BBBB-BBBB-BBBB-BBBB  bob              192.168.7.2:51034  control           ${time}, has left`,
      '  let one in:     sercli authorize --agent plant FINGERPRINT',
      '  turn one away:  sercli authorize --agent plant --deny FINGERPRINT',
      '',
      '  AUTHORISED',
      '  FINGERPRINT          NAME  ROLE     PORTS      SINCE  NOTE',
      `  BBBB-BBBB-BBBB-BBBB        monitor  ttyS*,plc  ${time}  night shift`,
      '  AAAA-AAAA-AAAA-AAAA  hub   control  *                 from the environment',
    ]);
  });
});

it('says what holds of a client', () => {
  expect(grantOf('anna', anna, { role: 'control', ports: ['*'] })).toBe(
    'anna (AAAA-AAAA-AAAA-AAAA) may control all ports',
  );
  expect(grantOf(undefined, bob, { role: 'monitor', ports: ['ttyS*', 'plc'] })).toBe(
    'BBBB-BBBB-BBBB-BBBB may monitor ttyS*, plc',
  );
});
