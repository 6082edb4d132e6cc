import type { ModemLines } from '@sercli/protocol';
import type { Clock } from './clock.ts';

/** Between two looks: a keystroke of a human is longer, and a look costs some microseconds. */
const lookEveryMs = 20;

/** What a device's driver can be asked. */
export interface LineState {
  lines(): ModemLines | undefined;
  counters(): LineCounts | undefined;
}

export interface LineCounts {
  readonly framingErrors: number;
  readonly overruns: number;
  readonly bufferOverruns: number;
  readonly parityErrors: number;
  readonly breaks: number;
}

export interface LineWatcher {
  lines(lines: ModemLines): void;
  break(): void;
  lineError(error: 'parity' | 'framing' | 'overrun'): void;
}

/**
 * Looks at the modem lines and the driver's counters again and again. TIOCMIWAIT, which waits for a change, would hold
 * a thread for each port.
 */
export class LineMonitor {
  readonly #clock: Clock;
  readonly #state: LineState;
  readonly #watcher: LineWatcher;
  #before: LineCounts | undefined;
  #cancel: () => void;

  constructor(clock: Clock, state: LineState, watcher: LineWatcher) {
    this.#clock = clock;
    this.#state = state;
    this.#watcher = watcher;
    this.#before = state.counters();
    this.#cancel = clock.after(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    this.#cancel = this.#clock.after(lookEveryMs, () => this.#look());
    const lines = this.#state.lines();
    if (lines !== undefined) this.#watcher.lines(lines);
    const now = this.#state.counters();
    if (now !== undefined && this.#before !== undefined) this.#compare(this.#before, now);
    this.#before = now;
  }

  /** However many there were since the last look: they belong to about the same place. */
  #compare(before: LineCounts, now: LineCounts): void {
    if (now.breaks !== before.breaks) this.#watcher.break();
    if (now.parityErrors !== before.parityErrors) this.#watcher.lineError('parity');
    if (now.framingErrors !== before.framingErrors) this.#watcher.lineError('framing');
    if (now.overruns !== before.overruns || now.bufferOverruns !== before.bufferOverruns) {
      this.#watcher.lineError('overrun');
    }
  }
}
