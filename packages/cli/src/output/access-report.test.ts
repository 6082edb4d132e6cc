import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accessToJson, formatAccess, formatPath } from './access-report.ts';

const firstUse = {
  kind: 'first-use',
  address: { host: 'SerialMachine', tcpPort: 7372, carrier: 'stream' },
  fingerprint: 'K7QF-2M7X-ABCD-EFGH',
  own: 'ABCD-EFGH-K7QF-2M7X',
  path: join(homedir(), '.local/state/sercli/known_agents'),
} as const;

it('shows both fingerprints at the first use', () => {
  expect(formatAccess(firstUse)).toEqual([
    'SerialMachine is new here; its key is kept in ~/.local/state/sercli/known_agents from now on',
    '  its fingerprint  K7QF-2M7X-ABCD-EFGH      (compare with: sercli identity, on SerialMachine)',
    "  this client's    ABCD-EFGH-K7QF-2M7X",
  ]);
  expect(accessToJson(firstUse)).toEqual({
    event: 'first-use',
    address: 'SerialMachine',
    fingerprint: firstUse.fingerprint,
    own: firstUse.own,
    path: firstUse.path,
  });
});

it('names the line that cannot be read', () => {
  const event = { kind: 'broken-line', path: '/etc/known', line: { number: 3, problem: 'it is odd' } } as const;
  expect(formatAccess(event)).toEqual(['/etc/known line 3 is skipped: it is odd']);
  expect(accessToJson(event)).toEqual({ event: 'broken-line', path: '/etc/known', number: 3, problem: 'it is odd' });
});

it('leaves paths elsewhere as they are', () => {
  expect(formatPath('/var/lib/sercli/identity.pem')).toBe('/var/lib/sercli/identity.pem');
});
