import type { LineSettings, LineSettingsChange } from '../line-settings.ts';
import type { FlushQueue, ModemLines, SequenceStep } from '../modem-lines.ts';

/**
 * What came of a change of settings: what is in force now; or `as-asked`, where that is not known yet, or where the port
 * has nothing that could be set and only remembers what it was asked for.
 */
export type SettingsOutcome = LineSettings | 'as-asked';

/** The port that a com-port client controls. */
export interface ComPort {
  readonly settings: LineSettings;
  readonly lines: ModemLines;
  /** Calls `settled` in reasonable time, and once more if it was `as-asked` and what is in force becomes known. */
  configure(change: LineSettingsChange, settled: (outcome: SettingsOutcome) => void): void;
  /** Sets outputs or a break; `applied` is not called where the port cannot do that. */
  setLines(step: SequenceStep, applied: () => void): void;
  /** Calls `done` when nothing that was to be discarded is given to the client any more. */
  purge(queue: FlushQueue, done: () => void): void;
  /** The client wants to be sent no data, or data again. */
  suspend(isSuspended: boolean): void;
}
