import { setTimeout as wait } from 'node:timers/promises';

/** Waits `ms`, or until the signal is aborted. Leaves no listener behind: one would keep a signal of `AbortSignal.any` alive for ever. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // It rejects when it is aborted, which ends the wait like any other end.
  await wait(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}
