import { constants } from 'node:fs';
import { ioctlGetInt, ioctlSetInt, ioctlValue } from './ioctl.ts';
import { closeFd, lastError, libc } from './system-calls.ts';

// open(2): O_CLOEXEC is missing in node:fs, which always sets it.
const O_CLOEXEC = 0o2000000;
const openFlags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK | O_CLOEXEC;
const F_DUPFD_CLOEXEC = 1030;

/** Opens a tty without waiting for its carrier and without making it the controlling terminal. Throws TtyError. */
export function openTty(path: string): number {
  const fd = libc().open(path, openFlags);
  if (fd < 0) throw lastError('open', path);
  return fd;
}

/** A second descriptor of the same open file, closed on exec. Throws TtyError. */
export function duplicate(fd: number): number {
  const copy = libc().fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw lastError('fcntl');
  return copy;
}

/** The near end of a new pseudo terminal and where its far end is: `/dev/pts/<number>`. */
export interface Pty {
  readonly ptmx: number;
  readonly path: string;
  readonly number: number;
}

/** Makes a pseudo terminal (pts(4)). It lives as long as `ptmx` is open. Throws TtyError. */
export function openPty(): Pty {
  const ptmx = openTty('/dev/ptmx');
  try {
    ioctlSetInt(ptmx, 'TIOCSPTLCK', 0);
    const number = ioctlGetInt(ptmx, 'TIOCGPTN');
    return { ptmx, path: `/dev/pts/${number}`, number };
  } catch (error) {
    closeFd(ptmx);
    throw error;
  }
}

/**
 * Opens the far end of a pseudo terminal by its near end (TIOCGPTPEER, ioctl_tty(2)): certain to be the right one,
 * whatever is mounted at /dev/pts. Throws TtyError, `EBUSY` when TIOCEXCL is set and the caller is not root.
 */
export function openPeer(ptmx: number): number {
  return ioctlValue(ptmx, 'TIOCGPTPEER', openFlags);
}
