import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { RateWindow } from './rate-window.ts';

const { sendWindowMs, sendWindowMinBytes, sendWindowMaxBytes } = defaultLimits;

describe('RateWindow', () => {
  it('begins at the least', () => {
    expect(new RateWindow(defaultLimits).size(0, 0)).toBe(sendWindowMinBytes);
  });

  it('is what was taken within sendWindowMs', () => {
    const window = new RateWindow(defaultLimits);
    for (let now = 0; now < 2_000; now += 10) window.taken(1_000, now);
    const size = window.size(1_990, 0);
    expect(size).toBeGreaterThanOrEqual(sendWindowMs * 100);
    expect(size).toBeLessThanOrEqual((sendWindowMs + 20) * 100);
  });

  it('spans two round trips of a distant peer', () => {
    const window = new RateWindow(defaultLimits);
    for (let now = 0; now < 2_000; now += 10) window.taken(1_000, now);
    expect(window.size(1_990, 500)).toBeGreaterThanOrEqual(2 * 500 * 100);
  });

  it('shrinks to the least when nothing is taken, and never passes the most', () => {
    const window = new RateWindow(defaultLimits);
    window.taken(10_000_000, 0);
    expect(window.size(0, 0)).toBe(sendWindowMaxBytes);
    expect(window.size(sendWindowMs, 0)).toBe(sendWindowMaxBytes);
    expect(window.size(sendWindowMs + 1, 0)).toBe(sendWindowMinBytes);
  });

  it('counts what was taken in the span, give or take one bucket', () => {
    const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(5_000)), { maxLength: 100 });
    fc.assert(
      fc.property(steps, fc.nat(300), (takings, roundTripMs) => {
        const window = new RateWindow(defaultLimits);
        const spanMs = Math.max(sendWindowMs, 2 * roundTripMs);
        const past: { now: number; bytes: number }[] = [];
        let now = 0;
        for (const [pauseMs, bytes] of takings) {
          now += pauseMs;
          past.push({ now, bytes });
          window.taken(bytes, now);
        }
        const since = (from: number) => past.reduce((sum, taken) => sum + (taken.now >= from ? taken.bytes : 0), 0);
        const bounded = (bytes: number) => Math.min(Math.max(bytes, sendWindowMinBytes), sendWindowMaxBytes);
        const size = window.size(now, roundTripMs);
        expect(size).toBeGreaterThanOrEqual(bounded(since(now - spanMs + 20)));
        expect(size).toBeLessThanOrEqual(bounded(since(now - spanMs)));
      }),
    );
  });
});
