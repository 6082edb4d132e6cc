import { groups } from '../rows/group-table.mjs';
import { judge } from './judge.mjs';
import { metricTable } from './metric-table.mjs';
import { summary } from './statistics.mjs';

/** Everything that a run found, as bench/results.json has it. */
export function resultsOf(measurements, chains, about) {
  const rows = groups
    .flatMap((group) => group.rows)
    .map(({ name, title }) => ({ name, title, chains: chainsOf(measurements, name, chains) }))
    .filter((row) => Object.keys(row.chains).length > 0);
  return { version: 1, ...about, rows, targets: judge(measurements) };
}

function chainsOf(measurements, row, chains) {
  return Object.fromEntries(
    chains
      .map((chain) => [chain, metricsOf(measurements, row, chain)])
      .filter(([, metrics]) => Object.keys(metrics).length > 0),
  );
}

function metricsOf(measurements, row, chain) {
  return Object.fromEntries(
    Object.keys(metricTable).flatMap((metric) => {
      const values = measurements.values(row, chain, metric);
      return values === undefined ? [] : [[metric, { ...summary(values), rounds: values.length }]];
    }),
  );
}
