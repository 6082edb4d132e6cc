import { expect, it } from 'vitest';
import { readCounters, readModemLines, setBreak, setOutputs } from './modem-lines.ts';
import { closeFd } from './system-calls.ts';
import { openRawPty } from './testing/raw-pty.ts';

it('says that a pseudo terminal has no modem lines and no counters', () => {
  const { ptmx, pts } = openRawPty();
  expect(readModemLines(pts)).toBeUndefined();
  expect(setOutputs(pts, { dtr: true, rts: false })).toBe(false);
  expect(readCounters(pts)).toBeUndefined();
  setBreak(pts, true);
  setBreak(pts, false);
  closeFd(pts);
  expect(() => readModemLines(pts)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  closeFd(ptmx);
});
