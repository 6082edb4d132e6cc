import { type Termios, termiosFlags } from './termios.ts';

/** What is read of a tty where its line has a break or a byte with an error (termios(3), c_iflag). */
export interface FaultModes {
  /** `mark` is ff 00 00. With BRKINT nothing is read: a break is a signal then. */
  readonly break: 'nothing' | 'nul' | 'mark';
  /** Instead of a byte with a parity or framing error; `mark` is ff 00 and the byte. */
  readonly error: 'nothing' | 'nul' | 'mark' | 'byte';
  /**
   * Whether who writes into a pseudo terminal has to write ff twice, to tell it from a mark: with EXTPROC the kernel does
   * not do it (__receive_buf of drivers/tty/n_tty.c).
   */
  readonly doublesMarks: boolean;
}

/** What settings make of breaks and errors. */
export function faultModesOf({ input, local }: Termios): FaultModes {
  const has = (flag: number): boolean => (input & flag) !== 0;
  const { IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, EXTPROC } = termiosFlags;
  const marked = has(PARMRK) ? 'mark' : 'nul';
  const checked = has(IGNPAR) ? 'nothing' : marked;
  return {
    break: has(IGNBRK) || has(BRKINT) ? 'nothing' : marked,
    error: has(INPCK) ? checked : 'byte',
    doublesMarks: has(PARMRK) && (local & EXTPROC) !== 0,
  };
}
