/** What went wrong on a line since its device was opened. */
export interface LineCounts {
  readonly breaks: number;
  readonly framingErrors: number;
  readonly parityErrors: number;
  /** How often the hardware or the driver had no room for what came, and lost bytes. */
  readonly overruns: number;
}

export const noLineCounts: LineCounts = { breaks: 0, framingErrors: 0, parityErrors: 0, overruns: 0 };

export function sumOfLineCounts(one: LineCounts, other: LineCounts): LineCounts {
  return {
    breaks: one.breaks + other.breaks,
    framingErrors: one.framingErrors + other.framingErrors,
    parityErrors: one.parityErrors + other.parityErrors,
    overruns: one.overruns + other.overruns,
  };
}
