import { isLater, lastError, libc } from './system-calls.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Takes an exclusive flock(2) on an open file, which ends when the file is closed. Blocks the whole process until other
 * processes let go, so it is for critical sections of a few system calls. Throws TtyError.
 */
export function lockFile(fd: number): void {
  if (libc().flock(fd, LOCK_EX) < 0) throw lastError('flock');
}

/** Takes an exclusive flock(2) that lasts as long as the open file; false when another one has it. Throws TtyError. */
export function tryLockFile(fd: number): boolean {
  if (libc().flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  if (isLater()) return false;
  throw lastError('flock');
}
