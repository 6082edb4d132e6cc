import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalTimes } from './arrival-times.ts';

describe('ArrivalTimes', () => {
  it('finds the first byte that came since a time, or one that came up to 250 ms before it', () => {
    const pause = fc.oneof(fc.nat(400), fc.nat(20_000));
    fc.assert(
      fc.property(fc.array(pause, { minLength: 1, maxLength: 100 }), fc.nat(100_000), (pauses, since) => {
        const times = new ArrivalTimes();
        const came: number[] = [];
        for (const ms of pauses) {
          const now = (came.at(-1) ?? 0) + ms;
          times.came(came.length, now);
          came.push(now);
        }
        const exact = came.findIndex((time) => time >= since);
        const found = times.offsetSince(since);
        if (exact === -1) {
          expect(found).toBeUndefined();
          return;
        }
        expect(found).toBeLessThanOrEqual(exact);
        expect(came[found ?? 0]).toBeGreaterThan(since - 250);
      }),
    );
  });

  it('forgets times with their bytes', () => {
    const times = new ArrivalTimes();
    for (let index = 0; index < 10; index += 1) times.came(index * 100, index * 1000);
    times.forget(250);
    expect(times.size).toBe(8);
    expect(times.offsetSince(0)).toBe(200);
    times.forget(10_000);
    expect(times.offsetSince(9000)).toBe(900);
  });

  it('keeps a bounded number, and later only coarser ones', () => {
    const times = new ArrivalTimes();
    for (let index = 0; index < 100_000; index += 1) times.came(index, index * 1000);
    expect(times.size).toBeLessThanOrEqual(16_384);
    const found = times.offsetSince(50_000_000) ?? 0;
    expect(found).toBeLessThanOrEqual(50_000);
    expect(found).toBeGreaterThanOrEqual(50_000 - 16);
  });
});
