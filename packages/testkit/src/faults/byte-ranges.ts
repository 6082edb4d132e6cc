/** `length` bytes of a stream from `offset` on. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export function totalBytes(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}

/** Adds a range at the end; one that goes on where the last ended becomes part of that. */
export function appendRange(ranges: ByteRange[], range: ByteRange): void {
  if (range.length === 0) return;
  const last = ranges.at(-1);
  if (last === undefined || last.offset + last.length !== range.offset) ranges.push(range);
  else ranges[ranges.length - 1] = { offset: last.offset, length: last.length + range.length };
}

/** What two lists have in common; each is in order and without overlaps. */
export function commonRanges(ones: readonly ByteRange[], others: readonly ByteRange[]): ByteRange[] {
  const common: ByteRange[] = [];
  for (const one of ones) {
    for (const other of others) {
      const offset = Math.max(one.offset, other.offset);
      const end = Math.min(one.offset + one.length, other.offset + other.length);
      if (end > offset) common.push({ offset, length: end - offset });
    }
  }
  return common;
}

/** What is left of `ranges` without `others`; each is in order and without overlaps. */
export function remainingRanges(ranges: readonly ByteRange[], others: readonly ByteRange[]): ByteRange[] {
  return ranges.flatMap((range) => {
    const left: ByteRange[] = [];
    let offset = range.offset;
    for (const taken of commonRanges([range], others)) {
      appendRange(left, { offset, length: taken.offset - offset });
      offset = taken.offset + taken.length;
    }
    appendRange(left, { offset, length: range.offset + range.length - offset });
    return left;
  });
}
