import { endianness } from 'node:os';
import { ioctl, unlessMissing } from './ioctl.ts';
import { TtyError } from './tty-error.ts';

// struct serial_struct of linux/serial.h: 60 bytes where a pointer has four, 72 where it has eight.
const structBytes = 72;
const flagsAt = 16;
const closingWaitAt = 40;
const lowLatency = 0x2000; // ASYNC_LOW_LATENCY
const noClosingWait = 0xffff; // ASYNC_CLOSING_WAIT_NONE
const isLittleEndian = endianness() === 'LE';

/** How a driver is changed by what `TIOCSSERIAL` was asked: `denied` to whoever is not root. */
export type Tuning = 'done' | 'missing' | 'denied';

/**
 * Has a driver hand on what it receives at once, or with less work (ASYNC_LOW_LATENCY, setserial(8)): an FTDI adapter
 * after 1 ms instead of 16. Throws TtyError.
 */
export function setLowLatency(fd: number, on: boolean): Tuning {
  const flags = (struct: DataView): number => struct.getUint32(flagsAt, isLittleEndian);
  return tune(fd, {
    change: (struct) =>
      struct.setUint32(flagsAt, on ? flags(struct) | lowLatency : flags(struct) & ~lowLatency, isLittleEndian),
    isInForce: (struct) => ((flags(struct) & lowLatency) !== 0) === on,
  });
}

/** Has close(2) discard what could not be sent, instead of waiting half a minute for it (setserial(8)). Throws TtyError. */
export function setNoClosingWait(fd: number): Tuning {
  return tune(fd, {
    change: (struct) => struct.setUint16(closingWaitAt, noClosingWait, isLittleEndian),
    isInForce: (struct) => struct.getUint16(closingWaitAt, isLittleEndian) === noClosingWait,
  });
}

interface Wish {
  change(struct: DataView): void;
  isInForce(struct: DataView): boolean;
}

function tune(fd: number, { change, isInForce }: Wish): Tuning {
  const memory = new Uint8Array(structBytes);
  const struct = new DataView(memory.buffer);
  try {
    const isDone = unlessMissing(() => {
      ioctl(fd, 'TIOCGSERIAL', memory);
      if (isInForce(struct)) return true;
      change(struct);
      ioctl(fd, 'TIOCSSERIAL', memory);
      ioctl(fd, 'TIOCGSERIAL', memory);
      return isInForce(struct);
    });
    return isDone === true ? 'done' : 'missing';
  } catch (error) {
    if (error instanceof TtyError && (error.code === 'EPERM' || error.code === 'EACCES')) return 'denied';
    throw error;
  }
}
