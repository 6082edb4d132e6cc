import { lastError, libc } from './system-calls.ts';

const LOCK_EX = 2;

/**
 * Takes an exclusive flock(2) on an open file, which ends when the file is closed. Blocks the whole process until other
 * processes let go, so it is for critical sections of a few system calls. Throws TtyError.
 */
export function lockFile(fd: number): void {
  if (libc().flock(fd, LOCK_EX) < 0) throw lastError('flock');
}
