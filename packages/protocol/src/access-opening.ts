import type { AccessProtocol } from './access-protocol.ts';
import { telnetOpening } from './telnet/telnet-accepter.ts';

/** What the serving end says first, whoever the client is: a text for a client that is refused comes behind it. */
export function openingBytes(protocol: AccessProtocol): Uint8Array {
  if (protocol === 'telnet') return telnetOpening('accepted');
  return protocol === 'rfc2217' ? telnetOpening('offered') : new Uint8Array(0);
}
