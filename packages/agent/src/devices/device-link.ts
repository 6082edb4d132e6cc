import type { SerialLink } from '@sercli/link';
import type { SequenceStep, SercliError } from '@sercli/protocol';
import type { LineCounts } from './line-counts.ts';

/** A port of this machine. */
export interface DeviceLink extends SerialLink {
  /** Since it was opened, as far as it is known; when it is over, all. */
  readonly lineCounts: LineCounts;
  /** @param owner in whose name; nobody's unless given */
  runSequence(steps: readonly SequenceStep[], owner?: object): Promise<void>;
  /**
   * Who asked for sequences is gone: the one that runs and those that wait reject with `error`. The outputs are set to
   * what they were before the one that ran, and a break ends.
   *
   * @param owner in whose name they were asked for; all of them unless given
   */
  endSequences(error: SercliError, owner?: object): void;
}
