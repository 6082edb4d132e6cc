import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AdmissionRate } from './admission-rate.ts';

it('lets each address ask so often at once, and again as time goes by', () => {
  let now = 5;
  const rate = new AdmissionRate(3, 9, () => now);
  const ask = (source: string): boolean => rate.take(source);
  expect(['a', 'a', 'a', 'a', 'b'].map(ask)).toEqual([true, true, true, false, true]);
  now += 19_000;
  expect(ask('a')).toBe(false);
  now += 1_000;
  expect(['a', 'a'].map(ask)).toEqual([true, false]);
  now += 3_600_000;
  expect(['a', 'a', 'a', 'a'].map(ask)).toEqual([true, true, true, false]);
});

it('forgets the addresses of the longest ago when there are too many', () => {
  const rate = new AdmissionRate(1, 9, () => 0);
  for (let source = 0; source < 9; source += 1) expect(rate.take(`${source}`)).toBe(true);
  expect(rate.take('0')).toBe(false);
  expect(rate.take('one more')).toBe(true);
  expect([rate.take('1'), rate.take('0')]).toEqual([false, true]);
});

it('never lets more through than twice the number in any minute', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (pauses, perMinute) => {
      let now = 0;
      const rate = new AdmissionRate(perMinute, 9, () => now);
      const taken: number[] = [];
      for (const pause of pauses) {
        now += pause;
        if (rate.take('a')) taken.push(now);
      }
      for (const start of taken) {
        const within = taken.filter((at) => at >= start && at < start + 60_000);
        expect(within.length).toBeLessThanOrEqual(2 * perMinute);
      }
    }),
  );
});
