import { endianness } from 'node:os';
import { closeFd, lastError, libc } from './system-calls.ts';
import { TtyError } from './tty-error.ts';

const AF_UNIX = 1;
// Of all architectures only MIPS numbers SOCK_DGRAM otherwise, and it is refused when the C library is loaded.
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** Of sun_path in struct sockaddr_un (unix(7)). */
const longestPathBytes = 108;

/**
 * Sends one datagram to a unix socket, which Node itself cannot. Blocks the process while the receiver's queue is full,
 * so it is for receivers that always read, as the service manager. Throws TtyError.
 *
 * @param path - of the socket; with `@` in front a name in the abstract namespace (unix(7))
 */
export function sendUnixDatagram(path: string, bytes: Uint8Array): void {
  const address = socketAddress(path);
  const fd = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw lastError('socket');
  try {
    if (libc().sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length) < 0) {
      throw lastError('sendto', path);
    }
  } finally {
    closeFd(fd);
  }
}

/** A struct sockaddr_un: the family in the machine's own byte order, and the path. */
function socketAddress(path: string): Uint8Array {
  const isAbstract = path.startsWith('@');
  // An abstract name begins with a NUL and ends with the address; a path ends with a NUL.
  const name = Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > longestPathBytes) throw new TtyError('ENAMETOOLONG', 'sendto', `name too long '${path}'`);
  const family = Buffer.from(endianness() === 'LE' ? [AF_UNIX, 0] : [0, AF_UNIX]);
  return Buffer.concat([family, name]);
}
