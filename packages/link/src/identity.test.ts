import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadIdentity } from './identity.ts';

describe('loadIdentity', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-identity-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('makes a P-256 identity once, readable by its owner alone', async () => {
    const state = join(directory, 'deep', 'state');
    const made = await loadIdentity(state);
    const certificate = new X509Certificate(made.cert);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(await loadIdentity(state)).toEqual(made);
    expect((await stat(join(state, 'identity.pem'))).mode & 0o777).toBe(0o600);
    expect((await stat(state)).mode & 0o777).toBe(0o700);
  });

  it('gives agents that start at once the same identity, and leaves no drafts', async () => {
    const identities = await Promise.all([1, 2, 3].map(() => loadIdentity(directory)));
    expect(new Set(identities.map(({ cert }) => cert)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['identity.pem']);
  });

  it('refuses a file that holds something else, and says what to do', async () => {
    await writeFile(join(directory, 'identity.pem'), 'nothing of use');
    await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'state-unusable' });
    await expect(loadIdentity(directory)).rejects.toThrow(/identity\.pem.*remove it/);
  });

  it('says so when the directory cannot be used', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(loadIdentity(join(directory, 'file'))).rejects.toMatchObject({ code: 'state-unusable' });
  });
});
