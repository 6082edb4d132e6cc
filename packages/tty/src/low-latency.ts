import { endianness } from 'node:os';
import { ioctl, unlessMissing } from './ioctl.ts';
import { TtyError } from './tty-error.ts';

// struct serial_struct of linux/serial.h: 60 bytes where a pointer has four, 72 where it has eight.
const structBytes = 72;
const flagsAt = 16;
const lowLatencyFlag = 0x2000; // ASYNC_LOW_LATENCY
const isLittleEndian = endianness() === 'LE';

/** What has become of a wish: `missing` where the driver does not offer it, `denied` to who is not root. */
export type Tuning = 'done' | 'missing' | 'denied';

/**
 * Has a driver hand on what it receives at once, or with less work (ASYNC_LOW_LATENCY, setserial(8)): an FTDI adapter
 * after 1 ms instead of 16. Throws TtyError.
 */
export function setLowLatency(fd: number, on: boolean): Tuning {
  const memory = new Uint8Array(structBytes);
  const struct = new DataView(memory.buffer);
  const flags = (): number => struct.getUint32(flagsAt, isLittleEndian);
  const isAsWanted = (): boolean => ((flags() & lowLatencyFlag) !== 0) === on;
  try {
    const isDone = unlessMissing(() => {
      ioctl(fd, 'TIOCGSERIAL', memory);
      if (isAsWanted()) return true;
      struct.setUint32(flagsAt, flags() ^ lowLatencyFlag, isLittleEndian);
      ioctl(fd, 'TIOCSSERIAL', memory);
      ioctl(fd, 'TIOCGSERIAL', memory);
      return isAsWanted();
    });
    return isDone === true ? 'done' : 'missing';
  } catch (error) {
    if (error instanceof TtyError && (error.code === 'EPERM' || error.code === 'EACCES')) return 'denied';
    throw error;
  }
}
