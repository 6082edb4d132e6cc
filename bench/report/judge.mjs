import { ratio } from './statistics.mjs';
import { targets } from './target-table.mjs';

/** Every target of which both sides were measured: how far it is, and whether it is met. */
export function judge(measurements) {
  return targets.flatMap((target) => {
    const values = measurements.values(target.row, target.of, target.metric);
    const baseline = measurements.values(target.row, target.against, target.metric);
    if (values === undefined || baseline === undefined) return [];
    const result = ratio(values, baseline);
    return [{ ...target, ratio: result.median, quartiles: result.quartiles, isMet: reaches(target, result.median) }];
  });
}

function reaches({ atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }, value) {
  return value <= atMost && value >= atLeast;
}
