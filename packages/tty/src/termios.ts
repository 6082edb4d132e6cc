import { ioctl } from './ioctl.ts';

/** The flags of struct termios2 (termios(3); asm-generic/termbits.h). */
export const termiosFlags = {
  // c_iflag
  IGNBRK: 0x0001,
  BRKINT: 0x0002,
  IGNPAR: 0x0004,
  PARMRK: 0x0008,
  INPCK: 0x0010,
  ISTRIP: 0x0020,
  INLCR: 0x0040,
  IGNCR: 0x0080,
  ICRNL: 0x0100,
  IXON: 0x0400,
  IXOFF: 0x1000,
  // c_oflag
  OPOST: 0x0001,
  // c_cflag
  CBAUD: 0x100f,
  BOTHER: 0x1000,
  CSIZE: 0x0030,
  CSTOPB: 0x0040,
  CREAD: 0x0080,
  PARENB: 0x0100,
  PARODD: 0x0200,
  HUPCL: 0x0400,
  CLOCAL: 0x0800,
  CIBAUD: 0x100f0000,
  CMSPAR: 0x40000000,
  CRTSCTS: 0x80000000,
  // c_lflag
  ISIG: 0x0001,
  ICANON: 0x0002,
  ECHO: 0x0008,
  EXTPROC: 0x10000,
} as const;

/** Indices in `Termios.controls` (termios(3)). */
export const controlIndex = { VTIME: 5, VMIN: 6, VSTART: 8, VSTOP: 9 } as const;

/** struct termios2. Speeds are in bits per second; 0 means hang up. */
export interface Termios {
  readonly input: number;
  readonly output: number;
  readonly control: number;
  readonly local: number;
  readonly discipline: number;
  /** The 19 control characters, c_cc. */
  readonly controls: Uint8Array;
  readonly inputSpeed: number;
  readonly outputSpeed: number;
}

const structBytes = 44;
const controlsStart = 17;
const controlsEnd = 36;

/** The settings of a tty; on a ptmx, those of its far end. Throws TtyError. */
export function readTermios(fd: number): Termios {
  const memory = new Uint8Array(structBytes);
  ioctl(fd, 'TCGETS2', memory);
  const words = new Uint32Array(memory.buffer);
  return {
    input: words[0] ?? 0,
    output: words[1] ?? 0,
    control: words[2] ?? 0,
    local: words[3] ?? 0,
    discipline: memory[16] ?? 0,
    controls: memory.slice(controlsStart, controlsEnd),
    inputSpeed: words[9] ?? 0,
    outputSpeed: words[10] ?? 0,
  };
}

/**
 * Sets everything at once. Speeds need BOTHER in `control` to be taken from `inputSpeed` and `outputSpeed`.
 *
 * @param when - `now`; `drain`: after what was written has left; `flush`: like drain, and discards what was received.
 * The last two block the whole process for as long as that takes: tcsetattr(3) waits in the kernel.
 * Throws TtyError.
 */
export function writeTermios(fd: number, termios: Termios, when: 'now' | 'drain' | 'flush'): void {
  const memory = new Uint8Array(structBytes);
  const words = new Uint32Array(memory.buffer);
  words.set([termios.input, termios.output, termios.control, termios.local]);
  memory[16] = termios.discipline;
  memory.set(termios.controls, controlsStart);
  words.set([termios.inputSpeed, termios.outputSpeed], 9);
  ioctl(fd, ({ now: 'TCSETS2', drain: 'TCSETSW2', flush: 'TCSETSF2' } as const)[when], memory);
}

/**
 * Every byte passes as it is, both ways, whatever the carrier does: cfmakeraw(3) with CREAD and CLOCAL.
 * Software flow control goes with it; speed, data bits, parity, stop bits and RTS/CTS stay.
 */
export function makeRaw(termios: Termios): Termios {
  const controls = termios.controls.slice();
  controls[controlIndex.VMIN] = 1;
  controls[controlIndex.VTIME] = 0;
  return {
    ...termios,
    input: 0,
    output: 0,
    local: 0,
    control: termios.control | termiosFlags.CREAD | termiosFlags.CLOCAL,
    controls,
  };
}

/**
 * From now on a read of the tty gives `ff 00 00` where a break was, `ff 00` before a byte with a parity or framing error,
 * and `ff ff` for the byte ff (PARMRK and INPCK, termios(3)); `ErrorMarkDecoder` reads that.
 */
export function withErrorMarks(termios: Termios): Termios {
  const { IGNBRK, BRKINT, IGNPAR, ISTRIP, PARMRK, INPCK } = termiosFlags;
  return { ...termios, input: (termios.input & ~(IGNBRK | BRKINT | IGNPAR | ISTRIP)) | PARMRK | INPCK };
}

/** Whether reads of the tty have marks in them. */
export function hasErrorMarks({ input }: Termios): boolean {
  return (input & termiosFlags.PARMRK) !== 0;
}
