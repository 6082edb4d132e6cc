import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** What publint says in strict mode, suggestions included, of the file that is published. */
export async function publintFaults(path, manifest) {
  const tarball = Uint8Array.from(readFileSync(path)).buffer;
  const { messages } = await publint({ pack: { tarball }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`);
}
