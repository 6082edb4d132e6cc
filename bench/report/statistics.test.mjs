import { expect, it } from 'vitest';
import { quantile, ratio, summary } from './statistics.mjs';

it('finds quantiles in values of any order, between two where none is at the place', () => {
  expect(quantile([30, 10, 20], 0)).toBe(10);
  expect(quantile([30, 10, 20], 1)).toBe(30);
  expect(quantile([30, 10, 20, 40], 0.5)).toBe(25);
  expect(quantile([100, 9, 80], 0.5)).toBe(80);
  expect(summary([5])).toEqual({ median: 5, quartiles: [5, 5] });
});

it('compares medians, and rounds with their own baseline', () => {
  const { median, quartiles } = ratio([2, 40, 6], [1, 10, 2]);
  expect(median).toBe(3);
  expect(quartiles).toEqual([2.5, 3.5]);
});
