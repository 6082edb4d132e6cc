import { describe, expect, it } from 'vitest';
import { refusalOf } from './request-guard.ts';

const rules = { headerFields: 4, hasName: (name: string) => name === 'serialmachine' };
const judge = (headers: Record<string, string>) => {
  const refusal = refusalOf({ headers, rawHeaders: Object.entries(headers).flat() }, rules);
  return refusal === undefined ? 'served' : `${refusal.status} ${refusal.error.code}`;
};

describe('Host', () => {
  it.each([
    '192.168.7.2',
    '192.168.7.2:7372',
    '[::1]:7372',
    '[fe80::1%eth0]:7372',
    'localhost',
    'LOCALHOST.:7372',
    'SerialMachine:7372',
    'serialmachine.',
  ])('may be %s', (host) => {
    expect(judge({ host })).toBe('served');
  });

  it.each([
    '',
    ':7372',
    'attacker.example',
    'serialmachine.attacker.example',
    '192.168.7.2.attacker.example',
    'localhost.attacker.example',
    '[::1].attacker.example',
    'attacker.example@localhost',
    'localhost:x',
  ])('may not be "%s"', (host) => {
    expect(judge({ host })).toBe('421 host-name-refused');
  });

  it('must be there', () => {
    expect(judge({})).toBe('421 host-name-refused');
  });
});

describe('Origin', () => {
  it.each([
    ['192.168.7.2:7372', 'https://192.168.7.2:7372'],
    ['[::1]:7372', 'https://[::1]:7372'],
    ['SerialMachine', 'https://serialmachine'],
    ['serialmachine:443', 'https://serialmachine'],
  ])('at %s may be %s', (host, origin) => {
    expect(judge({ host, origin })).toBe('served');
  });

  it.each([
    ['192.168.7.2:7372', 'https://attacker.example'],
    ['192.168.7.2:7372', 'http://192.168.7.2:7372'],
    ['192.168.7.2:7372', 'https://192.168.7.2:8080'],
    ['192.168.7.2:7372', 'https://192.168.7.2:7372.attacker.example'],
    ['192.168.7.2:7372', 'null'],
    ['192.168.7.2:7372', ''],
    ['[fe80::1%eth0]:7372', 'https://[fe80::1]:7372'],
  ])('at %s may not be %s', (host, origin) => {
    expect(judge({ host, origin })).toBe('403 origin-refused');
  });
});

it('refuses more fields than are read', () => {
  expect(judge({ host: 'localhost', a: '', b: '', c: '' })).toBe('served');
  expect(judge({ host: 'localhost', a: '', b: '', c: '', d: '' })).toBe('431 header-fields');
});
