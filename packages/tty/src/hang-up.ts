import { isInterrupted, lastError, libc } from './system-calls.ts';

const POLLHUP = 0x10;

/** struct pollfd of poll(2): int fd; short events; short revents. Used again, for this is asked before each write. */
const entry = new Int32Array(2);
const memory = new Uint8Array(entry.buffer);
const events = new Int16Array(entry.buffer);

/**
 * Whether the other end is gone: nobody holds the far end of a pseudo terminal open, or the device was unplugged.
 * A far end that was never opened does not count as gone. Bytes may still wait to be read. Throws TtyError.
 */
export function isHungUp(fd: number): boolean {
  // POLLHUP is reported without being asked for.
  entry[0] = fd;
  entry[1] = 0;
  while (libc().poll(memory, 1, 0) < 0) {
    // A signal that is pending interrupts even a poll that does not wait, whatever SA_RESTART says (signal(7)).
    if (!isInterrupted()) throw lastError('poll');
  }
  return ((events[3] ?? 0) & POLLHUP) !== 0;
}
