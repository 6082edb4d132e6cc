import { type ModemOutputs, type SequenceStep, SercliError } from '@sercli/protocol';
import { type Clock, exactDelay } from './clock.ts';

/** The lines of a device. */
export interface DrivenLines {
  outputs(): ModemOutputs;
  /** @throws SercliError where the device cannot do it */
  apply(step: SequenceStep): void;
  /** The device is gone: what its outputs are to be when it is back. */
  remember(outputs: ModemOutputs): void;
}

/** Whose sequences those are that are asked for in nobody's name. */
const nobody = {};

/**
 * Runs line sequences. One that is cut short, or fails, leaves no board in its reset: the outputs are set to what they
 * were before it, and the break ends. Several sessions may control a device, so each sequence has an owner, and what one
 * of them leaves unfinished is no concern of the others.
 */
export class LineSequences {
  readonly #clock: Clock;
  readonly #lines: DrivenLines;
  /** By owner, aborted to cut short all its sequences that were asked for until then. */
  readonly #cuts = new Map<object, AbortController>();
  /** Whose sequence runs, and what the outputs were before it. */
  #running: { readonly owner: object; readonly before: ModemOutputs } | undefined;
  /** Who has begun the break that lasts. */
  #breaker: object | undefined;

  constructor(clock: Clock, lines: DrivenLines) {
    this.#clock = clock;
    this.#lines = lines;
  }

  /** Aborted when sequences that are asked for now are to be cut short. */
  signalOf(owner: object = nobody): AbortSignal {
    const cut = this.#cuts.get(owner) ?? new AbortController();
    this.#cuts.set(owner, cut);
    return cut.signal;
  }

  /** Runs one; none other may run. @throws SercliError what applying a step throws, and the signal's reason */
  async run(steps: readonly SequenceStep[], signal: AbortSignal, owner: object = nobody): Promise<void> {
    signal.throwIfAborted();
    this.#running = { owner, before: this.#lines.outputs() };
    try {
      for (const step of steps) {
        this.#apply(step, owner);
        // From when it was set: no step is shorter than it was asked to be.
        if (step.waitMs !== undefined && step.waitMs > 0) await exactDelay(this.#clock, step.waitMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#restore(owner);
      throw error;
    }
    this.#running = undefined;
  }

  /**
   * Cuts short the sequence that runs and those that wait; they reject with `error`. A break that was begun ends.
   *
   * @param owner whose; everybody's unless given
   */
  cutShort(error: SercliError, owner?: object): void {
    for (const [whose, cut] of this.#cuts) {
      if (owner !== undefined && whose !== owner) continue;
      this.#cuts.delete(whose);
      cut.abort(error);
    }
    for (const whose of owner === undefined ? [this.#running?.owner, this.#breaker] : [owner]) this.#restore(whose);
  }

  #apply(step: SequenceStep, owner: object): void {
    this.#lines.apply(step);
    if (step.break !== undefined) this.#breaker = step.break ? owner : undefined;
  }

  #restore(owner: object | undefined): void {
    if (owner === undefined) return;
    const before = this.#running?.owner === owner ? this.#running.before : undefined;
    const isBreaking = this.#breaker === owner;
    if (before === undefined && !isBreaking) return;
    if (before !== undefined) this.#running = undefined;
    try {
      this.#apply({ ...before, ...(isBreaking ? { break: false } : {}) }, owner);
    } catch (error) {
      if (!(error instanceof SercliError)) throw error;
      if (isBreaking) this.#breaker = undefined;
      if (before !== undefined) this.#lines.remember(before);
    }
  }
}
