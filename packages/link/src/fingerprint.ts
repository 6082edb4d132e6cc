import { createHash, X509Certificate } from 'node:crypto';

/** Base32 (RFC 4648 section 6), without the padding. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 256 bits in groups of five; the last character has one of them, the other four are 0. */
const fullPattern = /^[A-Z2-7]{51}[AQ]$/;

/**
 * What a key is known by in files and decisions: the SHA-256 of its SubjectPublicKeyInfo, as 52 characters of base32.
 *
 * @param cert the certificate, as PEM or as TLS gives it
 */
export function fullFingerprintOf(cert: string | X509Certificate): string {
  let bits = '';
  for (const byte of keyHash(cert)) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/**
 * What people read out and compare: the first 80 bits of a full fingerprint, as 16 characters in four groups:
 * `K7QF-2M9X-...`.
 */
export function shownFingerprint(full: string): string {
  return full.slice(0, 16).match(/.{4}/g)?.join('-') ?? '';
}

/** The fingerprint of a certificate's key as people read it. */
export function fingerprintOf(cert: string | X509Certificate): string {
  return shownFingerprint(fullFingerprintOf(cert));
}

/** Reads a full fingerprint as people may have written it: in small letters, in groups. Undefined if it is none. */
export function parseFullFingerprint(text: string): string | undefined {
  const full = text.replaceAll('-', '').toUpperCase();
  return fullPattern.test(full) ? full : undefined;
}

/** Eight hexadecimal digits that stay the same for one key. */
export function shortIdOf(cert: string): string {
  return keyHash(cert).toString('hex', 0, 4);
}

function keyHash(cert: string | X509Certificate): Buffer {
  const { publicKey } = typeof cert === 'string' ? new X509Certificate(cert) : cert;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}
