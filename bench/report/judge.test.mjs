import { expect, it } from 'vitest';
import { Measurements } from '../measurements.mjs';
import { groups, rowNames } from '../rows/group-table.mjs';
import { judge } from './judge.mjs';
import { metricTable } from './metric-table.mjs';
import { targets } from './target-table.mjs';

it('judges ratios and figures, and only what was measured on all chains that it takes', () => {
  const measurements = new Measurements();
  measurements.add('bulk-in', 'sercli', { values: { rate: 20 } });
  measurements.add('bulk-in', 'tuned', { values: { rate: 10 } });
  measurements.add('held', 'sercli', { values: { heldTime: 301 } });
  expect(judge(measurements)).toEqual([
    expect.objectContaining({ row: 'bulk-in', against: 'tuned', median: 2, isMet: true }),
    expect.objectContaining({ row: 'held', median: 301, isMet: false }),
  ]);
});

it('has targets only for rows and figures that there are', () => {
  for (const { row, metric } of targets) {
    expect(rowNames).toContain(row);
    expect(metricTable).toHaveProperty(metric);
  }
  expect(new Set(rowNames).size).toBe(rowNames.length);
  expect(groups.length).toBeGreaterThan(0);
});
