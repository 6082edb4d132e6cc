import { lastError, libc } from './system-calls.ts';

// <asm-generic/socket.h>
const SOL_SOCKET = 1;
const SO_OOBINLINE = 10;

/**
 * From now on the urgent byte of a TCP stream (RFC 9293 section 3.8.5) stays in its place among the others. Without this
 * the kernel takes it out, and Node has no way to it. Sockets that a listening one accepts inherit it.
 *
 * @throws TtyError
 */
export function keepUrgentData(fd: number): void {
  const yes = new Uint8Array(Int32Array.of(1).buffer);
  if (libc().setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, yes, yes.length) < 0) throw lastError('setsockopt');
}
