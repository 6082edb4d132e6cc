import { ratio, summary } from './statistics.mjs';
import { targets } from './target-table.mjs';

/** Every target of which all that it takes was measured: how far it is, and whether it is met. */
export function judge(measurements) {
  return targets.flatMap((target) => {
    const { row, metric, of, against } = target;
    const values = measurements.values(row, of, metric);
    const baseline = against === undefined ? undefined : measurements.values(row, against, metric);
    if (values === undefined || (against !== undefined && baseline === undefined)) return [];
    const { median, quartiles } = baseline === undefined ? summary(values) : ratio(values, baseline);
    return [{ ...target, median, quartiles, isMet: reaches(target, median) }];
  });
}

function reaches({ atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }, value) {
  return value <= atMost && value >= atLeast;
}
