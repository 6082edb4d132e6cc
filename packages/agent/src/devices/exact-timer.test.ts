import { expect, it } from 'vitest';
import { afterExactly } from './exact-timer.ts';

it.each([0, 0.1, 1, 1.9, 2.1, 5, 20])('fires after %d ms, and never before', async (ms) => {
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    await new Promise<void>((resolve) => afterExactly(ms, resolve));
    expect(performance.now() - start).toBeGreaterThanOrEqual(ms);
  }
});

it.each([1, 5])('is cancelled while %d ms pass', async (ms) => {
  let isFired = false;
  const cancel = afterExactly(ms, () => {
    isFired = true;
  });
  cancel();
  await new Promise<void>((resolve) => afterExactly(2 * ms, resolve));
  expect(isFired).toBe(false);
});

it('lets others have their turns', async () => {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    if (turns < 5) setImmediate(count);
  };
  setImmediate(count);
  await new Promise<void>((resolve) => afterExactly(1.9, resolve));
  expect(turns).toBe(5);
});
