import { SercliError } from '@sercli/protocol';

/**
 * Rejects when the signal is aborted, to be raced with what it gives up.
 *
 * @param what was given up
 * @param over aborted when nobody waits any more: no listener is left on the signal, which may be the user's
 */
export function untilAborted(signal: AbortSignal | undefined, what: string, over: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = (): void => reject(new SercliError('aborted', { what }));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true, signal: over });
  });
}
