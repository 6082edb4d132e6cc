import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, shortIdOf } from './fingerprint.ts';
import { type Identity, loadIdentity } from './identity.ts';

describe('a fingerprint', () => {
  let directory: string;
  let identity: Identity;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-fingerprint-'));
    identity = await loadIdentity(directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is 16 base32 characters in four groups, of the key alone', () => {
    expect(fingerprintOf(identity.cert)).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(fingerprintOf(identity.cert)).toBe(fingerprintOf(identity.cert));
  });

  it('differs from key to key', async () => {
    const other = await loadIdentity(join(directory, 'other'));
    expect(fingerprintOf(other.cert)).not.toBe(fingerprintOf(identity.cert));
    expect(shortIdOf(other.cert)).not.toBe(shortIdOf(identity.cert));
  });

  it('says the same as the short id: both begin with the hash of the key', () => {
    const bits = [...fingerprintOf(identity.cert).replaceAll('-', '')]
      .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
      .join('');
    expect(Number.parseInt(bits.slice(0, 32), 2).toString(16).padStart(8, '0')).toBe(shortIdOf(identity.cert));
  });
});
