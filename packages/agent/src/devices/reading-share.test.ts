import { VirtualClock } from '@sercli/testkit';
import { expect, it } from 'vitest';
import { readingShareOf } from './reading-share.ts';

it('is smaller for a while after any device was written to', async () => {
  const clock = new VirtualClock();
  const share = readingShareOf(clock);
  const alone = share.reads;
  readingShareOf(clock).spokenTo();
  expect(share.reads).toBeLessThan(alone);
  await clock.advance(10);
  expect(share.reads).toBeLessThan(alone);
  await clock.advance(1);
  expect(share.reads).toBe(alone);
});
