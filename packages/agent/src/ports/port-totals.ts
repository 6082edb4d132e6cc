import type { LinkEvent } from '@sercli/link';

/** What a port has counted since the agent serves it. */
export interface PortTotals {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Gaps that sessions were told of, and the bytes that are known to be missing there; all sessions together. */
  readonly gaps: number;
  readonly gapBytes: number;
  readonly breaks: number;
  readonly overruns: number;
  readonly parityErrors: number;
  readonly framingErrors: number;
  readonly deviceLosses: number;
  /** Bytes that the log keeps now. */
  readonly logBytes: number;
}

const errorCounts = { overrun: 'overruns', parity: 'parityErrors', framing: 'framingErrors' } as const;

/** Counts what happens on a port. */
export class PortCounts {
  readonly #counts = {
    sentBytes: 0,
    gaps: 0,
    gapBytes: 0,
    breaks: 0,
    overruns: 0,
    parityErrors: 0,
    framingErrors: 0,
    deviceLosses: 0,
  };

  /** With what the log says of itself. */
  totals(log: { readonly startOffset: number; readonly endOffset: number }): PortTotals {
    return { receivedBytes: log.endOffset, ...this.#counts, logBytes: log.endOffset - log.startOffset };
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

  event(event: LinkEvent): void {
    if (event.kind === 'break') this.#counts.breaks += 1;
    if (event.kind === 'line-error') this.#counts[errorCounts[event.error]] += 1;
  }
}
