import type { ListedSession, SessionList } from '@sercli/protocol';
import { expect, it } from 'vitest';
import { formatMoment } from './moment.ts';
import { formatSessions } from './session-table.ts';

const agent = { name: 'SerialMachine', software: 'sercli/0.1.0', open: true };
const now = new Date().toISOString();
const anna: ListedSession = {
  port: 'ttyS0',
  client: { name: 'anna@laptop', address: '192.168.1.7:51234' },
  software: 'sercli/0.1.0',
  role: 'control',
  since: now,
  reconnects: 2,
  readBytes: 1_234_567,
  writtenBytes: 16,
  lagBytes: 0,
  gapBytes: 0,
  gaps: 0,
  windowBytes: 262_144,
};
const bob: ListedSession = {
  ...anna,
  client: { name: 'bob@\x1b[2Jdesk', address: '[fe80::1%eth0]:4' },
  role: 'monitor',
};
const list = (...sessions: ListedSession[]): SessionList => ({ version: 1, agent, sessions });

it('says that nobody is there', () => {
  expect(formatSessions('here:7400', list())).toEqual(['SerialMachine at here:7400', '  nobody is attached']);
});

it('shows a row for each session', () => {
  const time = formatMoment(now);
  expect(formatSessions('here', list(anna, { ...bob, cutSince: now }))).toEqual([
    'SerialMachine at here',
    '  PORT   CLIENT        FROM               ROLE                          SINCE  IN      OUT   LAG  WINDOW    RECONNECTS',
    `  ttyS0  anna@laptop   192.168.1.7:51234  control                       ${time}  1.2 MB  16 B  0 B  262.1 kB  2`,
    `  ttyS0  bob@?[2Jdesk  [fe80::1%eth0]:4   monitor, cut off since ${time}  ${time}  1.2 MB  16 B  0 B  262.1 kB  2`,
  ]);
});

it('names the day where a time alone would not be clear', () => {
  const moment = new Date(2026, 10, 20, 10, 4).getTime();
  const iso = new Date(moment).toISOString();
  expect(formatMoment(iso, moment + 3_600_000)).toBe('10:04');
  expect(formatMoment(iso, moment + 86_400_000)).toBe('2026-11-20 10:04');
});
