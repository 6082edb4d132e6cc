import { setTimeout as wait } from 'node:timers/promises';

/** How often a condition that nothing announces is looked at, in milliseconds. */
const intervalMs = 1;

/**
 * Resolves to how many milliseconds it took until `condition` held. For what changes without an event: termios, /proc.
 *
 * @throws Error when that takes longer than `timeoutMs`
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number = 10_000,
): Promise<number> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await wait(intervalMs);
  }
  return performance.now() - start;
}
