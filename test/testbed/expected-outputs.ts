import type { ModemOutputs, SequenceStep } from '@sercli/protocol';

/** A change of the outputs, and how long it comes after the one before it at least. */
export interface ExpectedOutputs extends ModemOutputs {
  readonly afterMs: number;
}

/** What a sequence has to make of outputs that are `before`. */
export function expectedOutputs(before: ModemOutputs, steps: readonly SequenceStep[]): readonly ExpectedOutputs[] {
  const changes: ExpectedOutputs[] = [];
  let { dtr, rts } = before;
  let afterMs = 0;
  for (const step of steps) {
    const after = { dtr: step.dtr ?? dtr, rts: step.rts ?? rts };
    if (after.dtr !== dtr || after.rts !== rts) {
      changes.push({ ...after, afterMs });
      afterMs = 0;
    }
    ({ dtr, rts } = after);
    afterMs += step.waitMs ?? 0;
  }
  return changes;
}
