import type { LineCounters } from '@sercli/tty';
import type { Clock } from './clock.ts';
import type { LineCounts } from './line-counts.ts';

/**
 * So many breaks and so many errors of a kind are told in a second, each at its place; more are only counted. A line with
 * the wrong speed makes an error of every other byte.
 */
const mostToldInSecond = 100;

/**
 * How long a driver may take from counting to marking, in milliseconds: it counts in an interrupt, and marks are handed on by a
 * thread of the kernel, which waits for the processor on a busy machine.
 */
const markWithinMs = 500;

/** What a driver can mark among the bytes that it received. */
type Kind = 'break' | 'parity' | 'framing';
const kinds = ['break', 'parity', 'framing'] as const satisfies readonly Kind[];
const nameOfCount = { break: 'breaks', parity: 'parityErrors', framing: 'framingErrors' } as const;
type Counts = Record<Kind, number>;
const noCounts: Counts = { break: 0, parity: 0, framing: 0 };

/** A device of which breaks and errors come. */
export interface FaultyLine {
  /** The driver's counters now. */
  readonly counters: LineCounters | undefined;
  readonly hasParity: boolean;
  /** Whether everything that was received has been read, so that no mark waits. */
  readonly isReadUp: boolean;
}

export interface LineErrorListener {
  break(): void;
  lineError(error: 'parity' | 'framing' | 'overrun'): void;
}

/**
 * Breaks and errors of a line, told once each. A driver marks them among the bytes, without saying of which kind they are;
 * its counters say that. What a driver counts and never marks, the counters alone tell: cdc_acm marks breaks only
 * (acm_process_notification of drivers/usb/class/cdc-acm.c).
 */
export class LineErrors {
  readonly #clock: Clock;
  readonly #line: FaultyLine;
  readonly #listener: LineErrorListener;
  #before: LineCounters | undefined;
  readonly #counted: Counts = { ...noCounts };
  readonly #marked: Counts = { ...noCounts };
  #overruns = 0;
  #overrunsAtLook = 0;
  /** Counted, and not told yet. */
  readonly #untold: Counts = { ...noCounts };
  /** When the first of these was counted. */
  readonly #untoldSince: Counts = { ...noCounts };
  /** Told because there was no mark; one that comes after all is not told again. */
  readonly #toldUnmarked: Counts = { ...noCounts };
  #told: Counts = { ...noCounts };
  #toldSince = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, line: FaultyLine, listener: LineErrorListener) {
    this.#clock = clock;
    this.#line = line;
    this.#listener = listener;
    this.#before = line.counters;
  }

  /** However it is known: some drivers mark what they do not count. */
  get counts(): LineCounts {
    const most = (kind: Kind): number => Math.max(this.#counted[kind], this.#marked[kind]);
    return {
      breaks: most('break'),
      framingErrors: most('framing'),
      parityErrors: most('parity'),
      overruns: this.#overruns,
    };
  }

  /**
   * A mark was read (`MarkedBytes.mark`).
   *
   * @returns whether `byte` came over the line
   */
  marked(byte: number): boolean {
    this.#count(this.#line.counters);
    const kind = this.#kindOf(byte);
    this.#marked[kind] += 1;
    if (this.#untold[kind] === 0 && this.#toldUnmarked[kind] > 0) this.#toldUnmarked[kind] -= 1;
    else this.#tell(kind);
    this.#untold[kind] = Math.max(0, this.#untold[kind] - 1);
    return kind !== 'break';
  }

  /** To be called now and then: what was counted some time ago and has no mark yet, though all was read, gets none. */
  look(now: LineCounters | undefined): void {
    this.#count(now);
    if (this.#overruns !== this.#overrunsAtLook) this.#listener.lineError('overrun');
    this.#overrunsAtLook = this.#overruns;
    const since = this.#clock.now() - markWithinMs;
    const waiting = kinds.filter((kind) => this.#untold[kind] > 0 && this.#untoldSince[kind] <= since);
    if (waiting.length === 0 || !this.#line.isReadUp) return;
    for (const kind of waiting) {
      // The marks of a driver that makes them went with bytes that were lost.
      if (this.#marked[kind] === 0) {
        this.#tell(kind);
        this.#toldUnmarked[kind] += 1;
      }
      this.#untold[kind] = 0;
    }
  }

  #count(now: LineCounters | undefined): void {
    const before = this.#before;
    this.#before = now;
    if (now === undefined || before === undefined) return;
    for (const kind of kinds) {
      const more = difference(before, now, nameOfCount[kind]);
      if (more > 0 && this.#untold[kind] === 0) this.#untoldSince[kind] = this.#clock.now();
      this.#counted[kind] += more;
      this.#untold[kind] += more;
    }
    this.#overruns += difference(before, now, 'overruns') + difference(before, now, 'bufferOverruns');
  }

  /** 0 is a break, or a byte with an error. Where several kinds were counted, which came first is not known. */
  #kindOf(byte: number): Kind {
    const { parity, framing } = this.#untold;
    const isError = parity + framing > 0;
    if (byte === 0 && (this.#untold.break > 0 || !isError)) return 'break';
    if (!this.#line.hasParity) return 'framing';
    return framing > 0 && parity === 0 ? 'framing' : 'parity';
  }

  #tell(kind: Kind): void {
    if (this.#clock.now() - this.#toldSince >= 1000) {
      this.#toldSince = this.#clock.now();
      this.#told = { ...noCounts };
    }
    this.#told[kind] += 1;
    if (this.#told[kind] > mostToldInSecond) return;
    if (kind === 'break') this.#listener.break();
    else this.#listener.lineError(kind);
  }
}

/** The kernel counts in 32 bits and begins anew. */
function difference(
  before: LineCounters,
  now: LineCounters,
  name: Exclude<keyof LineCounters, 'changes' | 'received' | 'sent'>,
): number {
  return (now[name] - before[name]) >>> 0;
}
