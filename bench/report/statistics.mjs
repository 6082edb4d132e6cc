/** @param values in any order, at least one; @param part from 0 to 1 */
export function quantile(values, part) {
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * part;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median, and what lies around it. */
export function summary(values) {
  return { median: median(values), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] };
}

/**
 * How many times as much one chain takes as another: the ratio of their medians, and the quartiles of the ratios of the
 * rounds, in which both were measured right after each other.
 */
export function ratio(values, baseline) {
  const rounds = values.flatMap((value, round) => (baseline[round] === undefined ? [] : [value / baseline[round]]));
  return { median: median(values) / median(baseline), quartiles: summary(rounds).quartiles };
}
