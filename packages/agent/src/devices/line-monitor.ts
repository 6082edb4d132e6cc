import { type ModemLines, modemInputNames } from '@sercli/protocol';
import type { LineCounters } from '@sercli/tty';
import type { Clock } from './clock.ts';

/** Between two looks: a keystroke of a human is longer, and a look costs some microseconds. */
const lookEveryMs = 20;
/** A driver that takes longer than this to say how its lines are has to ask an adapter over the bus, */
const slowAnswerMs = 0.2;
/** and is asked when its counters say that an input has changed, and so often in any case. */
const slowLookEveryMs = 500;

/** What a device's driver can be asked. */
export interface LineState {
  readonly lines: ModemLines | undefined;
  readonly counters: LineCounters | undefined;
}

export interface LineWatcher {
  /** As they are now, changed or not. */
  lines(lines: ModemLines): void;
  /** At each look. */
  counters(counters: LineCounters | undefined): void;
}

/**
 * Looks at the modem lines and the driver's counters again and again. TIOCMIWAIT, which waits for a change, would hold
 * a thread for each port (docs/adr/0013).
 */
export class LineMonitor {
  readonly #clock: Clock;
  readonly #state: LineState;
  readonly #watcher: LineWatcher;
  /** When the driver was asked last. */
  #lines: ModemLines | undefined;
  #counters: LineCounters | undefined;
  #askedAt: number;
  /** Its best, in milliseconds: others may have had the processor meanwhile. */
  #quickestAnswerMs = Number.POSITIVE_INFINITY;
  #cancel: () => void;

  constructor(clock: Clock, state: LineState, watcher: LineWatcher) {
    this.#clock = clock;
    this.#state = state;
    this.#watcher = watcher;
    this.#askedAt = clock.now();
    this.#lines = this.#ask();
    this.#counters = state.counters;
    this.#cancel = clock.after(lookEveryMs, () => this.#look());
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    this.#cancel = this.#clock.after(lookEveryMs, () => this.#look());
    const counters = this.#state.counters;
    this.#watcher.counters(counters);
    if (this.#mayAsk(counters)) this.#compare(this.#ask(), this.#state.counters);
  }

  #mayAsk(counters: LineCounters | undefined): boolean {
    if (this.#quickestAnswerMs <= slowAnswerMs) return true;
    const hasChanged = modemInputNames.some((input) => counters?.changes[input] !== this.#counters?.changes[input]);
    return hasChanged || this.#clock.now() - this.#askedAt >= slowLookEveryMs;
  }

  #ask(): ModemLines | undefined {
    this.#askedAt = this.#clock.now();
    const { lines } = this.#state;
    this.#quickestAnswerMs = Math.min(this.#quickestAnswerMs, this.#clock.now() - this.#askedAt);
    return lines;
  }

  #compare(lines: ModemLines | undefined, counters: LineCounters | undefined): void {
    const [linesBefore, countersBefore] = [this.#lines, this.#counters];
    this.#lines = lines;
    this.#counters = counters;
    if (lines === undefined) return;
    if (linesBefore !== undefined && counters !== undefined && countersBefore !== undefined) {
      const pulses = pulsesOf(linesBefore, lines, countersBefore.changes, counters.changes);
      if (Object.keys(pulses).length > 0) this.#watcher.lines({ ...lines, ...pulses });
    }
    this.#watcher.lines(lines);
  }
}

/**
 * Inputs that are as they were, though the driver has counted that they were otherwise meanwhile. Of RI, UARTs count only
 * how often a ring has ended (ioctl_tty(2), TIOCGICOUNT).
 */
function pulsesOf(
  before: ModemLines,
  now: ModemLines,
  countsBefore: LineCounters['changes'],
  counts: LineCounters['changes'],
): Partial<ModemLines> {
  const isPulse = (input: (typeof modemInputNames)[number]): boolean => {
    const changes = (counts[input] - countsBefore[input]) >>> 0;
    if (changes === 0 || now[input] !== before[input]) return false;
    // An odd number is half of a change whose other half comes with the next look.
    return input === 'ri' ? !now.ri : changes % 2 === 0;
  };
  return Object.fromEntries(modemInputNames.filter(isPulse).map((input) => [input, !now[input]]));
}
