import { shownFingerprint } from '@sercli/client/tools';
import type { WaitingClient } from '@sercli/protocol';
import { wantsOf } from './client-table.ts';
import { plainText } from './plain-text.ts';
import { formatTable } from './table.ts';

/** All that is known of a client that waits, for whoever is to decide about it. */
export function describeRequest({ name, fingerprint, address, ...wanted }: WaitingClient): string[] {
  const rows = formatTable([
    ['  fingerprint', shownFingerprint(fingerprint)],
    ['  from', address],
    ['  wants', wantsOf(wanted)],
  ]);
  return [`${plainText(name)} asks to be let in`, ...rows];
}
