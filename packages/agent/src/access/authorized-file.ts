import { unwatchFile, watchFile } from 'node:fs';
import { AuthorizedClients, PrivateFiles } from '@sercli/link';
import type { Logger } from '../logger.ts';

/** How often the file of authorised clients is looked at for what people write into it, in milliseconds. */
const lookMs = 1_000;

/** An editor may write a file in several steps: so long after the first of them it is read, in milliseconds. */
const settleMs = 100;

/** The authorised clients of the agent whose state is in `directory`. */
export function openAuthorizedClients(directory: string, logger: Logger): AuthorizedClients {
  return new AuthorizedClients(new PrivateFiles(directory), (path, { number, problem }) => {
    logger.warn({ path, line: number }, `skipped line ${number} of ${path}: ${problem}`);
  });
}

/**
 * Calls `changed` after somebody has edited the file of authorised clients; until what is returned is called. It is
 * looked at instead of watched: it need not be there yet, nor be on a file system that tells of changes.
 */
export function watchAuthorizedClients({ path }: AuthorizedClients, changed: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(changed, settleMs).unref();
  };
  watchFile(path, { interval: lookMs, persistent: false }, settle);
  return () => {
    clearTimeout(settling);
    unwatchFile(path, settle);
  };
}
