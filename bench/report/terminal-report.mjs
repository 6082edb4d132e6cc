import { formatValue, metricTable } from './metric-table.mjs';
import { formatTable } from './table.mjs';

/** The results for people: what was measured, and how that compares. */
export function terminalReport({ rows, targets }) {
  const measured = rows.flatMap(({ name, chains }) =>
    Object.keys(metricTable).flatMap((metric) => {
      const cells = Object.entries(chains).filter(([, metrics]) => metrics[metric] !== undefined);
      return cells.map(([chain, metrics]) => [
        name,
        metricTable[metric].title,
        chain,
        ...spread(metric, metrics[metric]),
      ]);
    }),
  );
  const compared = targets.map(({ row, metric, of, against, median, quartiles, isMet, ...goal }) => [
    row,
    metricTable[metric].title,
    against === undefined ? of : `${of} / ${against}`,
    against === undefined ? formatValue(metric, median) : median.toFixed(2),
    quartiles.map((value) => value.toFixed(2)).join(' to '),
    wanted(goal),
    isMet ? 'met' : 'MISSED',
  ]);
  return [
    ...formatTable(['row', 'figure', 'chain', 'median', 'quartiles'], measured, 3),
    '',
    ...formatTable(['row', 'figure', 'of', 'median', 'quartiles', 'target', ''], compared, 3),
  ].join('\n');
}

function spread(metric, { median, quartiles }) {
  const { digits } = metricTable[metric];
  return [formatValue(metric, median), quartiles.map((value) => value.toFixed(digits)).join(' to ')];
}

function wanted({ atMost, atLeast, aim }) {
  const goal = atMost === undefined ? `>= ${short(atLeast)}` : `<= ${short(atMost)}`;
  return aim === undefined ? goal : `${goal}, aim ${short(aim)}`;
}

function short(value) {
  return String(Number(value.toFixed(3)));
}
