/** The lines that this side of the cable drives. */
export interface ModemOutputs {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** The lines that the far side of the cable drives. */
export interface ModemInputs {
  readonly cts: boolean;
  readonly dsr: boolean;
  readonly dcd: boolean;
  readonly ri: boolean;
}

/** All modem lines, as they are. */
export interface ModemLines extends ModemOutputs, ModemInputs {}

/** All lines off, as where there are none. */
export const noModemLines: ModemLines = { dtr: false, rts: false, cts: false, dsr: false, dcd: false, ri: false };

/** The lines that the far end drives. */
export const modemInputNames = ['cts', 'dsr', 'dcd', 'ri'] as const satisfies readonly (keyof ModemInputs)[];

/** All lines, the outputs first. */
export const modemLineNames = [
  'dtr',
  'rts',
  'cts',
  'dsr',
  'dcd',
  'ri',
] as const satisfies readonly (keyof ModemLines)[];

/** Whether all lines are the same. */
export function equalModemLines(one: ModemLines, other: ModemLines): boolean {
  return modemLineNames.every((name) => one[name] === other[name]);
}

/** One step of a line sequence: what is set, then how long it stays before the next step. */
export interface SequenceStep {
  readonly dtr?: boolean;
  readonly rts?: boolean;
  readonly break?: boolean;
  /** Milliseconds until the next step. */
  readonly waitMs?: number;
}

/** Which bytes a flush discards: `received` and not read yet, written and `unsent` yet, or `both` (tcflush(3)). */
export type FlushQueue = 'received' | 'unsent' | 'both';
