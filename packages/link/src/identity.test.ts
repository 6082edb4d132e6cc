import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identityPath, loadIdentity, makeIdentityFile } from './identity.ts';

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
    await writeFile(join(directory, 'identity.pem'), 'nothing of use', { mode: 0o600 });
    await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'state-unusable' });
    await expect(loadIdentity(directory)).rejects.toThrow(/identity\.pem.*remove it/);
  });

  it('refuses a key that others can read, does not mend it, and says nothing of what it holds', async () => {
    const { key } = await loadIdentity(directory);
    const path = join(directory, 'identity.pem');
    await chmod(path, 0o644);
    const error: unknown = await loadIdentity(directory).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'state-untrusted', exit: 4 });
    expect(String(error)).toMatch(new RegExp(`other users can read it; run: chmod 600 ${path}$`));
    expect(inspect(error, { depth: 9 })).not.toContain(key.split('\n')[1]);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('says so when the directory cannot be used', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(loadIdentity(join(directory, 'file'))).rejects.toThrow(/it is no directory/);
    await expect(loadIdentity('/sys/sercli')).rejects.toMatchObject({ code: 'state-unusable' });
  });
});

describe('a provisioned identity', () => {
  let directory: string;
  let path: string;
  let identity: Identity;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sercli-identity-'));
    path = join(directory, 'secret.pem');
    identity = await loadIdentity(join(directory, 'made'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const unused = '/proc/unused';

  it('is taken from the file that is named, in any order and with other text around', async () => {
    await writeFile(path, `subject=sercli\n${identity.cert}\n\n${identity.key}`, { mode: 0o600 });
    expect(await loadIdentity(unused, path)).toEqual(identity);
  });

  it('may be the older form of an elliptic key', async () => {
    const key = String(createPrivateKey(identity.key).export({ type: 'sec1', format: 'pem' })).trim();
    await writeFile(path, `${key}\n${identity.cert}\n`, { mode: 0o600 });
    expect(await loadIdentity(unused, path)).toEqual({ key, cert: identity.cert });
  });

  it.runIf(process.geteuid?.() === 0)(
    'may be a read-only file of root that all can read, as engines mount secrets',
    async () => {
      await writeFile(path, `${identity.key}\n${identity.cert}`, { mode: 0o444 });
      expect(await loadIdentity(unused, path)).toEqual(identity);
      await chmod(path, 0o644);
      await expect(loadIdentity(unused, path)).rejects.toMatchObject({ code: 'state-untrusted' });
    },
  );

  it('is refused when key and certificate do not belong together', async () => {
    const other = await loadIdentity(join(directory, 'other'));
    await writeFile(path, `${identity.key}\n${other.cert}`, { mode: 0o600 });
    await expect(loadIdentity(unused, path)).rejects.toThrow(/do not belong together/);
    await writeFile(path, identity.key.replace(/\n.{8}/, '\nAAAAAAAA') + other.cert);
    await expect(loadIdentity(unused, path)).rejects.toThrow(/do not belong together/);
  });

  it('is refused when the key itself is given in place of its path, and not repeated', async () => {
    const error = await loadIdentity(unused, `${identity.key}\n${identity.cert}`).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'state-unusable', message: expect.stringContaining('$SERCLI_IDENTITY') });
    expect(inspect(error, { depth: 9 })).not.toContain(identity.key.split('\n')[1]);
  });

  it('is missed when there is no such file: no other one is made in its place', async () => {
    await expect(loadIdentity(directory, path)).rejects.toThrow(
      /secret\.pem: there is no such file; write .*SERCLI_IDENTITY/,
    );
  });
});

describe('makeIdentityFile', () => {
  it('makes an identity for another machine, in a new file that only its owner can read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sercli-identity-'));
    const path = join(directory, 'plant.pem');
    const made = await makeIdentityFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(identityPath(directory, path)).toBe(path);
    expect(await loadIdentity('/proc/unused', path)).toEqual(made);
    await expect(makeIdentityFile(path)).rejects.toThrow(/plant\.pem: .*exists/);
    expect(await loadIdentity('/proc/unused', path)).toEqual(made);
    await rm(directory, { recursive: true });
  });
});
