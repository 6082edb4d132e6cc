import { openPty, openTty } from '../open-tty.ts';
import { makeRaw, readTermios, writeTermios } from '../termios.ts';

/** A pseudo terminal with both ends open, through which bytes pass as they are. */
export function openRawPty(): { ptmx: number; pts: number; path: string } {
  const { ptmx, path } = openPty();
  const pts = openTty(path);
  writeTermios(pts, makeRaw(readTermios(pts)), 'now');
  return { ptmx, pts, path };
}
