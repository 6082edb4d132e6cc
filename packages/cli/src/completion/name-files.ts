import { readFileSync } from 'node:fs';
import { type Candidate, wordsOf } from './candidate.ts';

/** The names in a file as passwd(5) and group(5): what stands before the first colon of each line. */
export function namesIn(path: string): readonly Candidate[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return wordsOf(lines.flatMap((line) => /^([^#:]+):/.exec(line)?.[1] ?? []));
  } catch {
    // A system without such a file has other means; then the name is typed.
    return [];
  }
}
