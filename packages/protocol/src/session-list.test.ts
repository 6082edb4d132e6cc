import { describe, expect, it } from 'vitest';
import { parseSessionList, type SessionList } from './session-list.ts';

const session = {
  port: 'ttyS0',
  client: { name: 'anna@laptop', address: '192.168.1.7:51234' },
  software: 'sercli/0.1.0',
  role: 'control',
  since: '2026-11-22T10:04:00.000Z',
  cutSince: '2026-11-22T10:05:00.000Z',
  reconnects: 2,
  readBytes: 812,
  writtenBytes: 16,
  lagBytes: 4096,
  gapBytes: 0,
  gaps: 0,
  windowBytes: 262_144,
} as const;
const list: SessionList = {
  version: 1,
  agent: { name: 'SerialMachine', software: 'sercli/0.1.0', open: true },
  sessions: [session],
};

describe('a session list', () => {
  it('is read from JSON, and what later releases add to it is left out', () => {
    const later = { ...list, sessions: [{ ...session, shoeSize: 43 }], later: true };
    expect(parseSessionList(JSON.stringify(later))).toEqual(list);
  });

  it.each([
    ['another version', { ...list, version: 2 }],
    ['a role that is none', { ...list, sessions: [{ ...session, role: 'owner' }] }],
    ['a count below zero', { ...list, sessions: [{ ...session, lagBytes: -1 }] }],
    ['a time that is none', { ...list, sessions: [{ ...session, since: 'yesterday' }] }],
    ['no sessions', { version: 1, agent: list.agent }],
  ])('is not read where it has %s', (_what, faulty) => {
    expect(() => parseSessionList(JSON.stringify(faulty))).toThrow();
  });
});
