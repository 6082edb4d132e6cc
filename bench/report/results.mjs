import { groups } from '../rows/group-table.mjs';
import { judge } from './judge.mjs';
import { formatGoal, formatMedian, formatValue, metricTable, metricTitle } from './metric-table.mjs';
import { summary } from './statistics.mjs';

/** Everything that a run found, as bench/results.json has it: numbers for programs, and how people read them. */
export function resultsOf(measurements, chains, about) {
  const rows = groups
    .flatMap((group) => group.rows)
    .map(({ name, title }) => ({ name, title, chains: chainsOf(measurements, name, chains) }))
    .filter((row) => Object.keys(row.chains).length > 0);
  return { version: 1, ...about, rows, targets: judge(measurements).map(withTexts) };
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
      return values === undefined ? [] : [[metric, figureOf(metric, values)]];
    }),
  );
}

function figureOf(metric, values) {
  const { median, quartiles } = summary(values);
  return { title: metricTitle(metric), text: formatValue(metric, median), median, quartiles, rounds: values.length };
}

function withTexts(target) {
  return {
    ...target,
    title: metricTitle(target.metric),
    what: target.against === undefined ? target.of : `${target.of} / ${target.against}`,
    text: formatMedian(target),
    goal: formatGoal(target),
  };
}
