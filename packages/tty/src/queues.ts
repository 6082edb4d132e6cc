import { ioctlGetInt, ioctlValue } from './ioctl.ts';

/** Bytes received and not read yet. Throws TtyError. */
export function inputQueueBytes(fd: number): number {
  return ioctlGetInt(fd, 'FIONREAD');
}

/** Bytes written that the driver has not sent yet. Throws TtyError. */
export function outputQueueBytes(fd: number): number {
  return ioctlGetInt(fd, 'TIOCOUTQ');
}

// TCIFLUSH, TCOFLUSH, TCIOFLUSH of tcflush(3).
const queueNumbers = { received: 0, unsent: 1, both: 2 } as const;

/** Discards bytes (tcflush(3)). Throws TtyError. */
export function flushQueues(fd: number, queue: 'received' | 'unsent' | 'both'): void {
  ioctlValue(fd, 'TCFLSH', queueNumbers[queue]);
}
