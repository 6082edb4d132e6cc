import { totalBytes } from '@sercli/testkit';
import type { TestContext } from 'vitest';
import type { AttachProgram } from './attach-program.ts';
import type { TrafficResult } from './traffic.ts';

/** Cells by the titles of their columns. */
export type SummaryRow = Readonly<Record<string, string | number>>;

declare module 'vitest' {
  interface TaskMeta {
    /** Rows of the table that `npm run test:faults` and `npm run test:soak` print at the end. */
    summaryRows?: SummaryRow[];
  }
}

export function addSummaryRow(task: TestContext['task'], row: SummaryRow): void {
  task.meta.summaryRows = [...(task.meta.summaryRows ?? []), row];
}

/** Counts bytes; those in pairs are on the way to the application and on that to the device. */
export function summarizeTraffic(
  task: TestContext['task'],
  result: TrafficResult,
  attached: readonly AttachProgram[],
): void {
  const { toApplication, toDevice, holes } = result;
  const gaps = attached.flatMap((program) => program.gaps);
  const pair = (one: number, other: number): string => `${one} / ${other}`;
  addSummaryRow(task, {
    scenario: task.name,
    bytes: pair(toApplication.receivedBytes, toDevice.receivedBytes),
    lost: pair(totalBytes(holes), totalBytes(toDevice.lost)),
    doubled: pair(totalBytes(toApplication.doubled), totalBytes(toDevice.doubled)),
    'out of order': pair(totalBytes(toApplication.outOfOrder), totalBytes(toDevice.outOfOrder)),
    foreign: pair(totalBytes(toApplication.foreign), totalBytes(toDevice.foreign)),
    overrun: result.overrunBytes,
    'longest pause': `${(result.longestPauseMs / 1000).toFixed(1)} s`,
    gaps: gapsInWords(gaps.map(({ bytes }) => bytes)),
    'in doubt': attached.reduce((sum, { inDoubtBytes }) => sum + inDoubtBytes, 0),
  });
}

function gapsInWords(gaps: readonly (number | undefined)[]): string {
  const known = gaps.filter((bytes) => bytes !== undefined);
  const unknown = gaps.length - known.length;
  return [...known.map(String), ...(unknown === 0 ? [] : [`${unknown} of unknown size`])].join(', ') || 'none';
}
