import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  applyLineSettings,
  type LineSettings,
  lineSettingsOf,
  readLineSettings,
  withLineSettings,
} from './line-settings.ts';
import { closeFd } from './system-calls.ts';
import { readTermios, type Termios, termiosFlags, writeTermios } from './termios.ts';
import { openRawPty } from './testing/raw-pty.ts';

let ptmx: number;
let pts: number;

beforeEach(() => {
  ({ ptmx, pts } = openRawPty());
});

afterEach(() => {
  closeFd(pts);
  closeFd(ptmx);
});

describe('on a pseudo terminal', () => {
  it.each([50, 9600, 115200, 250000, 31250, 1234567, 4000000, 12000000])('sets %i bits per second', (baudRate) => {
    expect(applyLineSettings(pts, { baudRate }).baudRate).toBe(baudRate);
    expect(readLineSettings(ptmx).baudRate).toBe(baudRate);
  });

  it('uses the codes of old for the speeds that have one, so that older programs can read them', () => {
    applyLineSettings(pts, { baudRate: 115200 });
    expect(readTermios(pts).control & termiosFlags.CBAUD).toBe(0x1002);
    applyLineSettings(pts, { baudRate: 9600 });
    expect(readTermios(pts).control & termiosFlags.CBAUD).toBe(0xd);
    applyLineSettings(pts, { baudRate: 9601 });
    expect(readTermios(pts).control & termiosFlags.CBAUD).toBe(termiosFlags.BOTHER);
  });

  it.each(['none', 'hardware', 'software', 'hardware+software'] as const)('sets flow control %s', (flowControl) => {
    expect(applyLineSettings(pts, { flowControl }).flowControl).toBe(flowControl);
  });

  it('leaves what is not named', () => {
    applyLineSettings(pts, { baudRate: 4800, stopBits: 2, flowControl: 'hardware' });
    expect(applyLineSettings(pts, { baudRate: 9600 })).toEqual({
      baudRate: 9600,
      dataBits: 8,
      parity: 'none',
      stopBits: 2,
      flowControl: 'hardware',
    });
  });

  it('returns what is in force, not what was asked for: the kernel keeps 8 bits without parity', () => {
    expect(applyLineSettings(pts, { dataBits: 7, parity: 'even' })).toMatchObject({ dataBits: 8, parity: 'none' });
  });

  it('throws what the kernel says', () => {
    expect(() => readLineSettings(9999)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'TCGETS2' }));
  });

  it.each(['now', 'drain', 'flush'] as const)('writes a termios back unchanged (%s)', (when) => {
    const termios = readTermios(pts);
    writeTermios(pts, termios, when);
    expect(readTermios(pts)).toEqual(termios);
  });
});

it('writes and reads every format that a termios can hold', () => {
  const termios: Termios = readTermios(pts);
  for (const dataBits of [5, 6, 7, 8] as const) {
    for (const parity of ['none', 'even', 'odd', 'mark', 'space'] as const) {
      for (const stopBits of [1, dataBits === 5 ? 1.5 : 2] as const) {
        const settings: LineSettings = { baudRate: 300, dataBits, parity, stopBits, flowControl: 'none' };
        expect(lineSettingsOf(withLineSettings(termios, settings))).toEqual(settings);
      }
    }
  }
});
