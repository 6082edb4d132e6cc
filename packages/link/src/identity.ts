import { createPrivateKey, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { reasonOf, SercliError } from '@sercli/protocol';
import { PrivateFiles } from './state/private-files.ts';
import { readTrustedFile } from './state/trusted-file.ts';

/** What an agent shows of itself in TLS: a key and a certificate that it signed itself, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

const fileName = 'identity.pem';

/** Certificate dates are not looked at by sercli (boards without a clock), so they only have to be wide. */
const validFrom = new Date('2020-01-01T00:00:00Z');
const validTo = new Date('2120-01-01T00:00:00Z');

/**
 * The identity in the file `provisioned`, for machines that are set up without people. Without one, that kept in
 * `directory`, made at the first start: ECDSA P-256, which every browser takes.
 *
 * @param provisioned path of a PEM file with a private key and its certificate; `$SERCLI_IDENTITY` unless given
 * @throws SercliError `state-unusable`; `state-untrusted` when other users can read the key or put another in its place
 */
export async function loadIdentity(
  directory: string,
  provisioned: string | undefined = process.env.SERCLI_IDENTITY,
): Promise<Identity> {
  if (provisioned) return readProvisioned(provisioned);
  const files = new PrivateFiles(directory);
  if (files.read(fileName, 'secret') === undefined) {
    const made = Buffer.from(await makeIdentity());
    // Of two agents that start at once, the first one's identity stays.
    await files.edit(fileName, 'secret', (content) => (content === undefined ? made : undefined));
  }
  const remedy = 'remove it; a new identity is made at the next start';
  return parseIdentity(files.path(fileName), files.read(fileName, 'secret'), remedy);
}

/** The file that `loadIdentity` reads. */
export function identityPath(directory: string, provisioned: string | undefined = process.env.SERCLI_IDENTITY): string {
  return provisioned || new PrivateFiles(directory).path(fileName);
}

/**
 * Makes an identity for another machine, in a new file that only this user can read.
 *
 * @throws SercliError `state-unusable`, also when there is such a file already
 */
export async function makeIdentityFile(path: string): Promise<Identity> {
  const made = await makeIdentity();
  const remedy = 'give the path of a file that is not there yet, in a directory that this user can write to';
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(made);
    await file.sync();
  } catch (cause) {
    throw new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
  }
  return parseIdentity(path, Buffer.from(made), remedy);
}

function readProvisioned(path: string): Identity {
  const remedy = 'write a private key and its certificate into it, both as PEM, or unset SERCLI_IDENTITY';
  if (path.includes('-----BEGIN')) {
    const reason = 'it is no path but holds a key itself, which all programs started from there can read';
    const instead = 'write the key into a file, and its path into SERCLI_IDENTITY';
    throw new SercliError('state-unusable', { path: '$SERCLI_IDENTITY', reason, remedy: instead });
  }
  try {
    return parseIdentity(path, readTrustedFile(path, 'provisioned'), remedy);
  } catch (cause) {
    if (cause instanceof SercliError) throw cause;
    throw new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
  }
}

/** Nothing of the content may stand in an error: it may be the key. */
function parseIdentity(path: string, content: Buffer | undefined, remedy: string): Identity {
  if (content === undefined) throw new SercliError('state-unusable', { path, reason: 'there is no such file', remedy });
  const text = content.toString('latin1');
  const key = /-----BEGIN ((?:EC )?PRIVATE KEY)-----[^-]+-----END \1-----/.exec(text)?.[0];
  const cert = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  if (key === undefined || cert === undefined) {
    throw new SercliError('state-unusable', { path, reason: 'it does not hold a key and a certificate', remedy });
  }
  if (isPair(key, cert)) return { key, cert };
  throw new SercliError('state-unusable', {
    path,
    reason: 'its key and its certificate do not belong together',
    remedy,
  });
}

function isPair(key: string, cert: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    // One of them cannot be decoded.
    return false;
  }
}

async function makeIdentity(): Promise<string> {
  // 113 ms to import, and needed once in the life of a machine.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'sercli' }], {
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: validFrom,
    notAfterDate: validTo,
  });
  return `${key.trim()}\n${cert.trim()}\n`;
}
