import { VirtualClock } from '@sercli/testkit';
import { describe, expect, it } from 'vitest';
import { tickMs, ticksOf } from './shared-ticks.ts';

describe('SharedTicks', () => {
  it('calls all who wait at one moment, once each', async () => {
    const clock = new VirtualClock();
    const called: string[] = [];
    const ticks = ticksOf(clock);
    ticks.next(() => called.push('a'));
    await clock.advance(tickMs / 2);
    ticks.next(() => called.push('b'));
    expect(clock.pending).toBe(1);
    await clock.advance(tickMs / 2);
    expect(called).toEqual(['a', 'b']);
    await clock.advance(10 * tickMs);
    expect(called).toEqual(['a', 'b']);
  });

  it('lets who is called wait for the next one, and forgets who does not want to any more', async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const again = (): void => {
      calls += 1;
      if (calls < 3) ticksOf(clock).next(again);
    };
    ticksOf(clock).next(again);
    ticksOf(clock).next(() => expect.unreachable())();
    await clock.advance(10 * tickMs);
    expect(calls).toBe(3);
    expect(clock.pending).toBe(0);
  });
});
