import { ioctlGetInt, ioctlValue, unlessMissing } from './ioctl.ts';

/** Bytes received and not read yet. Throws TtyError. */
export function inputQueueBytes(fd: number): number {
  return ioctlGetInt(fd, 'FIONREAD');
}

/**
 * Bytes written that the driver has not given to the hardware yet. What waits there, in a UART's FIFO or in a USB
 * adapter, is not counted. Throws TtyError.
 */
export function outputQueueBytes(fd: number): number {
  return ioctlGetInt(fd, 'TIOCOUTQ');
}

// TIOCSER_TEMT of linux/serial.h.
const transmitterEmpty = 0x01;

/**
 * Whether the last bit has left the hardware; undefined where the driver cannot tell. A USB adapter is asked over the
 * bus, and the call waits for its answer. Throws TtyError.
 */
export function isTransmitterEmpty(fd: number): boolean | undefined {
  const state = unlessMissing(() => ioctlGetInt(fd, 'TIOCSERGETLSR'));
  return state === undefined ? undefined : (state & transmitterEmpty) !== 0;
}

// TCIFLUSH, TCOFLUSH, TCIOFLUSH of tcflush(3).
const queueNumbers = { received: 0, unsent: 1, both: 2 } as const;

/** Discards bytes (tcflush(3)). Throws TtyError. */
export function flushQueues(fd: number, queue: 'received' | 'unsent' | 'both'): void {
  ioctlValue(fd, 'TCFLSH', queueNumbers[queue]);
}
