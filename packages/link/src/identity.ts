import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, SercliError } from '@sercli/protocol';

/** What an agent shows of itself in TLS: a key and a certificate that it signed itself, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Certificate dates are not looked at by sercli (boards without a clock), so they only have to be wide. */
const validFrom = new Date('2020-01-01T00:00:00Z');
const validTo = new Date('2120-01-01T00:00:00Z');

/**
 * The identity kept in `directory`, made at the first start: ECDSA P-256, which every browser takes.
 *
 * @throws SercliError `state-unusable`
 */
export async function loadIdentity(directory: string): Promise<Identity> {
  const path = join(directory, 'identity.pem');
  try {
    return (await readIdentity(path)) ?? (await makeIdentity(directory, path));
  } catch (cause) {
    if (cause instanceof SercliError) throw cause;
    const remedy = 'make it readable and writable for this user, or choose another directory with XDG_STATE_HOME';
    throw new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
  }
}

async function readIdentity(path: string): Promise<Identity | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const [key, cert] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (label) => new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0],
  );
  if (key !== undefined && cert !== undefined) return { key, cert };
  const remedy = 'remove it; a new identity is made at the next start';
  throw new SercliError('state-unusable', { path, reason: 'it does not hold a key and a certificate', remedy });
}

async function makeIdentity(directory: string, path: string): Promise<Identity> {
  // 113 ms to import, and needed once in the life of a machine.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'sercli' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: validFrom,
    notAfterDate: validTo,
  });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${key.trim()}\n${cert.trim()}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await chmod(draft, 0o600);
    // Of two agents that start at once, the first one's identity stays: link(2) does not replace.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const kept = await readIdentity(path);
  if (kept === undefined) throw new Error('it vanished while it was made');
  return kept;
}
