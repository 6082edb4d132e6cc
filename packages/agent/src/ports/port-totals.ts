import type { LineCounts } from '../devices/line-counts.ts';

/** What a port has counted since the agent serves it. */
export interface PortTotals extends LineCounts {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Gaps that sessions were told of, and the bytes that are known to be missing there; all sessions together. */
  readonly gaps: number;
  readonly gapBytes: number;
  readonly deviceLosses: number;
  /** Bytes that the log keeps now. */
  readonly logBytes: number;
}

/** Counts what happens on a port, besides what its devices count themselves. */
export class PortCounts {
  readonly #counts = {
    sentBytes: 0,
    gaps: 0,
    gapBytes: 0,
    deviceLosses: 0,
  };

  /** With what the log and the devices say of themselves. */
  totals(log: { readonly startOffset: number; readonly endOffset: number }, line: LineCounts): PortTotals {
    return { receivedBytes: log.endOffset, ...this.#counts, ...line, logBytes: log.endOffset - log.startOffset };
  }

  sent(bytes: number): void {
    this.#counts.sentBytes += bytes;
  }

  missed(bytes: number | undefined): void {
    this.#counts.gaps += 1;
    this.#counts.gapBytes += bytes ?? 0;
  }

  deviceLost(): void {
    this.#counts.deviceLosses += 1;
  }
}
