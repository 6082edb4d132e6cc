import { type SercliError, toSercliError } from '@sercli/protocol';

/** The texts of ser2net (port.c), which scripts look for, its spelling included. */
const busyText = 'Port already in use\r\n';
const deniedText = 'Accessed denied due to your net address\r\n';

/** Why a client is not served. */
export type Refusal =
  | { readonly kind: 'denied' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly error: SercliError };

/** Of what was thrown when a port was to be opened. */
export function refusalOf(thrown: unknown): Refusal {
  const error = toSercliError(thrown);
  return error.code === 'port-busy' || error.code === 'agent-full' ? { kind: 'busy' } : { kind: 'failed', error };
}

/** What a client is sent before it is disconnected. */
export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'denied':
      return deniedText;
    case 'busy':
      return busyText;
    case 'failed':
      return `Device open failure: ${refusal.error.message}\r\n`;
    default:
      return refusal satisfies never;
  }
}
