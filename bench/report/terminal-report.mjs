import { metricTable } from './metric-table.mjs';
import { formatTable } from './table.mjs';

/** The results for people: what was measured, and how that compares. */
export function terminalReport({ rows, targets }) {
  const measured = rows.flatMap(({ name, chains }) =>
    Object.entries(metricTable).flatMap(([metric, { digits }]) =>
      Object.entries(chains)
        .filter(([, figures]) => figures[metric] !== undefined)
        .map(([chain, { [metric]: figure }]) => [name, figure.title, chain, figure.text, range(figure, digits)]),
    ),
  );
  const compared = targets.map((target) => [
    target.row,
    target.title,
    target.what,
    target.text,
    range(target, 2),
    target.goal,
    target.isMet ? 'met' : 'MISSED',
  ]);
  return [
    ...formatTable(['row', 'figure', 'chain', 'median', 'quartiles'], measured, 3),
    '',
    ...formatTable(['row', 'figure', 'of', 'median', 'quartiles', 'target', ''], compared, 3),
  ].join('\n');
}

function range({ quartiles }, digits) {
  return quartiles.map((value) => value.toFixed(digits)).join(' to ');
}
