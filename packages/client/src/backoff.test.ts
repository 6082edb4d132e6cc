import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

const waits = (backoff: Backoff, count: number): number[] => Array.from({ length: count }, () => backoff.next());

describe('Backoff', () => {
  it('doubles up to 5 s and begins again after a success', () => {
    const backoff = new Backoff(() => 1);
    expect(waits(backoff, 7)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });

  it('spreads the waits over their upper half', () => {
    expect(waits(new Backoff(() => 0), 3)).toEqual([125, 250, 500]);
    for (const ms of waits(new Backoff(), 100)) expect(ms).toBeLessThanOrEqual(5000);
  });

  it('tells whole milliseconds', () => {
    expect(waits(new Backoff(() => 0.926_132), 2)).toEqual([241, 482]);
  });

  it('does not overflow however often it is asked', () => {
    const backoff = new Backoff(() => 1);
    expect(waits(backoff, 5000).at(-1)).toBe(5000);
  });
});
