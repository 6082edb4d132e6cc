import { distance } from 'fastest-levenshtein';

/** The known key that was probably meant; undefined if none resembles it. */
export function closestKey(key: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => ({ candidate, steps: distance(bare(key), bare(candidate)) }));
  const [closest] = distances.sort((one, other) => one.steps - other.steps);
  return closest !== undefined && closest.steps <= Math.ceil(key.length / 3) ? closest.candidate : undefined;
}

/** `keep-open`, `keep_open` and `keepopen` are all but keepOpen. */
function bare(key: string): string {
  return key.toLowerCase().replace(/[-_ ]/g, '');
}
