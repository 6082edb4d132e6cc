import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AuthorizedClient,
  AuthorizedClients,
  formatAuthorizedClient,
  mayUse,
  parseAuthorizedClient,
} from './authorized-clients.ts';
import { PrivateFiles } from './state/private-files.ts';
import { aFingerprint, aNote, anInstant, optional } from './testing/records.ts';

const fingerprint = 'A'.repeat(52);
const other = `B${'A'.repeat(51)}`;

describe('the line of an authorised client', () => {
  const clients = fc
    .tuple(
      aFingerprint,
      fc.constantFrom('control' as const, 'monitor' as const),
      fc.array(fc.stringMatching(/^[a-z*?_][a-z0-9.*?_-]{0,10}$/), { minLength: 1, maxLength: 4 }),
      optional('name', fc.stringMatching(/^[a-zé0-9@.=,_-]{1,20}$/)),
      optional('since', anInstant),
      optional('note', aNote),
    )
    .map(([key, role, ports, name, since, note]): AuthorizedClient => {
      return { fingerprint: key, role, ports, ...name, ...since, ...note };
    });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(clients, (client) => {
        expect(parseAuthorizedClient(formatAuthorizedClient(client))).toEqual({ entry: client });
      }),
    );
  });

  it('may be any text', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(fingerprint, 'role=', 'role=control', 'ports=*', '__proto__=1', 'toString=', '#', ' ', '\n'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const reading = parseAuthorizedClient(words.join(' '));
        expect(reading === undefined || 'entry' in reading || typeof reading.problem === 'string').toBe(true);
      }),
    );
  });

  it.each([
    [fingerprint, { fingerprint, role: 'control', ports: ['*'] }],
    [
      `${fingerprint} role=monitor ports=ttyS*,plc name=anna@laptop since=2026-11-22T10:04:00Z # note # more`,
      {
        fingerprint,
        role: 'monitor',
        ports: ['ttyS*', 'plc'],
        name: 'anna@laptop',
        since: new Date('2026-11-22T10:04:00Z'),
        note: 'note # more',
      },
    ],
  ])('"%s" is understood', (line, entry) => {
    expect(parseAuthorizedClient(line)).toEqual({ entry });
  });

  it.each([
    'rol=monitor',
    'role=Monitor',
    'role=',
    'monitor',
    'ports=',
    'ports=a,,b',
    'ports=a/b',
    'name=',
    'name=a\u200bb',
    'since=now',
    'role=monitor role=control',
    'constructor=x',
  ])('with %s is broken, and does not become one with more rights', (words) => {
    expect(parseAuthorizedClient(`${fingerprint} ${words}`)).toEqual({ problem: expect.any(String) });
  });
});

it.each([
  [['*'], 'ttyS0', true],
  [['ttyS*', 'plc'], 'plc', true],
  [['ttyS*', 'plc'], 'plc2', false],
  [['ttyS?'], 'ttyS10', false],
])('a client with the ports %j and %s: %s', (ports, port, may) => {
  expect(mayUse({ ports }, port)).toBe(may);
});

describe('AuthorizedClients', () => {
  let directory: string;
  let path: string;
  let clients: AuthorizedClients;
  const report = vi.fn();
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-clients-'));
    path = join(directory, 'authorized_clients');
    clients = new AuthorizedClients(new PrivateFiles(directory), report);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('admits, changes and removes in place, and keeps comments and order', async () => {
    await writeFile(path, `# the lab\n${fingerprint} name=anna@laptop\nnonsense\n${other} role=monitor # Ben\n`);
    const anna: AuthorizedClient = { fingerprint, role: 'monitor', ports: ['plc'], name: 'anna@laptop' };
    await clients.put(anna);
    expect(await readFile(path, 'utf8')).toBe(
      `# the lab\n${fingerprint} role=monitor ports=plc name=anna@laptop\nnonsense\n${other} role=monitor # Ben\n`,
    );
    expect(clients.find(fingerprint)).toEqual(anna);
    expect(clients.list()).toHaveLength(2);
    expect(report).toHaveBeenCalledWith(path, {
      number: 3,
      problem: expect.stringContaining('does not begin with a fingerprint'),
    });
    expect(await clients.remove(fingerprint)).toBe(true);
    expect(clients.find(fingerprint)).toBeUndefined();
    expect(await readFile(path, 'utf8')).toBe(`# the lab\nnonsense\n${other} role=monitor # Ben\n`);
  });

  it('admits nobody by the name that a client gives itself', async () => {
    const name = `x\n${other}`;
    await expect(clients.put({ fingerprint, role: 'monitor', ports: ['*'], name })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(clients.put({ fingerprint, role: 'monitor', ports: ['*'], name: 'x role=control' })).rejects.toThrow();
    expect(clients.list()).toEqual([]);
  });
});
