import { withoutPretence } from './pretended-settings.ts';
import { controlIndex, termiosFlags as flags, readTermios, type Termios, writeTermios } from './termios.ts';

/** How a serial line is driven, in the words of node-serialport and Web Serial. */
export interface LineSettings {
  /** Bits per second. 0 (B0 of termios(3)) where a program has asked to hang up. */
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'even' | 'odd' | 'mark' | 'space';
  /** 1.5 is what a UART makes of two stop bits with 5 data bits. */
  readonly stopBits: 1 | 1.5 | 2;
  /** `hardware` is RTS/CTS, `software` XON/XOFF. */
  readonly flowControl: 'none' | 'hardware' | 'software' | 'hardware+software';
}

/** Speeds that have a code of their own in c_cflag (termios(3)); older programs cannot read another in its place. */
const speedCodes = new Map(
  [0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400]
    .map((speed, code): [number, number] => [speed, code])
    .concat(
      [
        57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000,
        3500000, 4000000,
      ].map((speed, index): [number, number] => [speed, flags.BOTHER + 1 + index]),
    ),
);
const sizes = [5, 6, 7, 8] as const;
const sizeShift = 4;
const xon = 0x11;
const xoff = 0x13;
const software = flags.IXON | flags.IXOFF;

/** The line settings in force on a tty. Throws TtyError. */
export function readLineSettings(fd: number): LineSettings {
  return lineSettingsOf(readTermios(fd));
}

/** Sets what `change` names, leaves the rest, and returns what is in force then, which may differ. Throws TtyError. */
export function applyLineSettings(fd: number, change: Partial<LineSettings>): LineSettings {
  const termios = readTermios(fd);
  const before = lineSettingsOf(termios);
  const settings = withoutPretence(fd, { ...before, ...change }, before);
  writeTermios(fd, withLineSettings(termios, settings), 'now');
  return readLineSettings(fd);
}

/** Reads the line settings out of a termios. IXON alone says nothing of the line: every cooked terminal has it. */
export function lineSettingsOf({ input, control, outputSpeed }: Termios): LineSettings {
  const dataBits = sizes[(control & flags.CSIZE) >> sizeShift] ?? 8;
  const twoStops = dataBits === 5 ? 1.5 : 2;
  return {
    baudRate: outputSpeed,
    dataBits,
    parity: parityOf(control),
    stopBits: control & flags.CSTOPB ? twoStops : 1,
    flowControl: flowControlOf((control & flags.CRTSCTS) !== 0, (input & software) === software),
  };
}

/** The termios with these line settings; the input speed follows the output speed. */
export function withLineSettings(termios: Termios, settings: LineSettings): Termios {
  const controls = termios.controls.slice();
  controls[controlIndex.VSTART] = xon;
  controls[controlIndex.VSTOP] = xoff;
  const cleared =
    flags.CBAUD |
    flags.CIBAUD |
    flags.CSIZE |
    flags.CSTOPB |
    flags.PARENB |
    flags.PARODD |
    flags.CMSPAR |
    flags.CRTSCTS;
  const control =
    (speedCodes.get(settings.baudRate) ?? flags.BOTHER) |
    (sizes.indexOf(settings.dataBits) << sizeShift) |
    (settings.stopBits === 1 ? 0 : flags.CSTOPB) |
    parityFlags[settings.parity] |
    (settings.flowControl.includes('hardware') ? flags.CRTSCTS : 0);
  return {
    ...termios,
    input: settings.flowControl.includes('software') ? termios.input | software : termios.input & ~software,
    control: (termios.control & ~cleared) | control,
    controls,
    inputSpeed: settings.baudRate,
    outputSpeed: settings.baudRate,
  };
}

/** CMSPAR makes the parity bit constant: 1 with PARODD, 0 without (termios(3)). */
const parityFlags: Record<LineSettings['parity'], number> = {
  none: 0,
  even: flags.PARENB,
  odd: flags.PARENB | flags.PARODD,
  mark: flags.PARENB | flags.CMSPAR | flags.PARODD,
  space: flags.PARENB | flags.CMSPAR,
};

function parityOf(control: number): LineSettings['parity'] {
  if (!(control & flags.PARENB)) return 'none';
  const isOdd = (control & flags.PARODD) !== 0;
  if (control & flags.CMSPAR) return isOdd ? 'mark' : 'space';
  return isOdd ? 'odd' : 'even';
}

function flowControlOf(hasHardware: boolean, hasSoftware: boolean): LineSettings['flowControl'] {
  if (hasHardware) return hasSoftware ? 'hardware+software' : 'hardware';
  return hasSoftware ? 'software' : 'none';
}
