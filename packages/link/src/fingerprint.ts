import { createHash, X509Certificate } from 'node:crypto';

/** Base32 (RFC 4648 section 6). */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * What a key is known by: the first 80 bits of the SHA-256 of its SubjectPublicKeyInfo, as 16 characters in four groups
 * to read out: `K7QF-2M9X-...`.
 *
 * @param cert in PEM
 */
export function fingerprintOf(cert: string): string {
  let bits = '';
  for (const byte of keyHash(cert).subarray(0, 10)) bits += byte.toString(2).padStart(8, '0');
  const characters = bits.match(/.{5}/g)?.map((five) => alphabet[Number.parseInt(five, 2)]) ?? [];
  return characters.join('').match(/.{4}/g)?.join('-') ?? '';
}

/** Eight hexadecimal digits that stay the same for one key. */
export function shortIdOf(cert: string): string {
  return keyHash(cert).toString('hex', 0, 4);
}

function keyHash(cert: string): Buffer {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest();
}
