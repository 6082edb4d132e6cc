import type { ModemLines } from '../modem-lines.ts';
import { modemStateBits } from './com-port-codes.ts';

/** The high half of a modem state: how the inputs are. */
export function modemStateOf(lines: ModemLines): number {
  const { cts, dsr, ri, dcd } = modemStateBits;
  return (lines.cts ? cts : 0) | (lines.dsr ? dsr : 0) | (lines.ri ? ri : 0) | (lines.dcd ? dcd : 0);
}

/** The low half: what is different from before, as a 16450's register has it. */
export function modemChanges(before: ModemLines, now: ModemLines): number {
  const { ctsChanged, dsrChanged, ringEnded, dcdChanged } = modemStateBits;
  return (
    (before.cts === now.cts ? 0 : ctsChanged) |
    (before.dsr === now.dsr ? 0 : dsrChanged) |
    (before.ri && !now.ri ? ringEnded : 0) |
    (before.dcd === now.dcd ? 0 : dcdChanged)
  );
}
