import { type ModemOutputs, type SequenceStep, SercliError } from '@sercli/protocol';
import { type Clock, exactDelay } from './clock.ts';

/** The lines of a device. */
export interface DrivenLines {
  readonly outputs: ModemOutputs;
  /** @throws SercliError where the device cannot do it */
  apply(step: SequenceStep): void;
  /** The device is gone: what its outputs are to be when it is back. */
  remember(outputs: ModemOutputs): void;
}

/**
 * Runs line sequences. One that is cut short, or fails, leaves no board in its reset: the outputs are set to what they
 * were before it, and the break ends.
 */
export class LineSequences {
  readonly #clock: Clock;
  readonly #lines: DrivenLines;
  /** Aborted to cut short all sequences that were asked for until then. */
  #cut = new AbortController();
  /** What the outputs were before the sequence that runs. */
  #before: ModemOutputs | undefined;
  #isBreaking = false;

  constructor(clock: Clock, lines: DrivenLines) {
    this.#clock = clock;
    this.#lines = lines;
  }

  /** Aborted when sequences that are asked for now are to be cut short. */
  get signal(): AbortSignal {
    return this.#cut.signal;
  }

  /** Runs one; none other may run. @throws SercliError what applying a step throws, and the signal's reason */
  async run(steps: readonly SequenceStep[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#before = this.#lines.outputs;
    try {
      for (const step of steps) {
        this.#apply(step);
        // From when it was set: no step is shorter than it was asked to be.
        if (step.waitMs !== undefined && step.waitMs > 0) await exactDelay(this.#clock, step.waitMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#restore();
      throw error;
    }
    this.#before = undefined;
  }

  /** Cuts short the sequence that runs and those that wait; they reject with `error`. A break that was begun ends. */
  cutShort(error: SercliError): void {
    this.#cut.abort(error);
    this.#cut = new AbortController();
    this.#restore();
  }

  #apply(step: SequenceStep): void {
    this.#lines.apply(step);
    this.#isBreaking = step.break ?? this.#isBreaking;
  }

  #restore(): void {
    const before = this.#before;
    if (before === undefined && !this.#isBreaking) return;
    this.#before = undefined;
    try {
      this.#apply({ ...before, ...(this.#isBreaking ? { break: false } : {}) });
    } catch (error) {
      if (!(error instanceof SercliError)) throw error;
      this.#isBreaking = false;
      if (before !== undefined) this.#lines.remember(before);
    }
  }
}
