import { ioctlValue } from './ioctl.ts';

/**
 * Makes further opens of the tty fail with EBUSY, except for root (TIOCEXCL), or allows them again. Of a pseudo terminal
 * it outlives the last close. Throws TtyError.
 */
export function setExclusive(fd: number, on: boolean): void {
  ioctlValue(fd, on ? 'TIOCEXCL' : 'TIOCNXCL');
}
