import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, fullFingerprintOf, parseFullFingerprint, shortIdOf, shownFingerprint } from './fingerprint.ts';
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

  it('is shown of the full one, which is the whole hash in base32', () => {
    const full = fullFingerprintOf(identity.cert);
    expect(full).toMatch(/^[A-Z2-7]{52}$/);
    expect(fullFingerprintOf(new X509Certificate(identity.cert))).toBe(full);
    expect(shownFingerprint(full)).toBe(fingerprintOf(identity.cert));
    const key = new X509Certificate(identity.cert).publicKey.export({ type: 'spki', format: 'der' });
    // 52 characters say 260 bits: the hash and four bits of nothing.
    const bits = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`) << 4n;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    expect([...full].reduce((sum, letter) => sum * 32n + BigInt(alphabet.indexOf(letter)), 0n)).toBe(bits);
  });

  it('is read in small letters and in groups, and only in full', () => {
    const full = fullFingerprintOf(identity.cert);
    expect(parseFullFingerprint(full.toLowerCase().replace(/.{4}(?=.)/g, '$&-'))).toBe(full);
    for (const text of [
      '',
      full.slice(1),
      `${full}A`,
      `${full.slice(1)}1`,
      `${full.slice(0, -1)}B`,
      fingerprintOf(identity.cert),
    ]) {
      expect(parseFullFingerprint(text)).toBeUndefined();
    }
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
