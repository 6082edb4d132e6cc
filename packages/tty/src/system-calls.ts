import { loadNative } from './native-modules.ts';
import { errorFromErrno, type TtyError } from './tty-error.ts';

/** What is used of koffi (koffi.dev). */
interface Koffi {
  load(path: null): { func(definition: string): unknown };
  errno(): number;
}

interface Functions {
  errno(): number;
  open(path: string, flags: number): number;
  close(fd: number): number;
  read(fd: number, into: Uint8Array, bytes: number): number;
  write(fd: number, bytes: Uint8Array, count: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array | null): number;
  ioctlValue(fd: number, request: number, argument: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  flock(fd: number, operation: number): number;
  poll(fds: Uint8Array, count: number, timeoutMs: number): number;
  inotifyInit(flags: number): number;
  inotifyAdd(fd: number, path: string, mask: number): number;
  inotifyRemove(fd: number, watch: number): number;
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, valueBytes: number): number;
  sendto(fd: number, bytes: Uint8Array, count: number, flags: number, to: Uint8Array, toBytes: number): number;
}

let functions: Functions | undefined;

/** The functions of the C library, bound at first use. The process's own symbols, whichever libc that is. */
export function libc(): Functions {
  functions ??= bind(loadNative('koffi') as Koffi);
  return functions;
}

function bind(koffi: Koffi): Functions {
  const library = koffi.load(null);
  const bound = {
    errno: koffi.errno,
    open: library.func('int open(const char *path, int flags, ...)'),
    close: library.func('int close(int fd)'),
    read: library.func('intptr_t read(int fd, void *into, size_t bytes)'),
    write: library.func('intptr_t write(int fd, const void *bytes, size_t count)'),
    ioctl: library.func('int ioctl(int fd, unsigned long request, void *argument)'),
    ioctlValue: library.func('int ioctl(int fd, unsigned long request, intptr_t argument)'),
    fcntl: library.func('int fcntl(int fd, int command, intptr_t argument)'),
    flock: library.func('int flock(int fd, int operation)'),
    poll: library.func('int poll(void *fds, unsigned long count, int timeout)'),
    inotifyInit: library.func('int inotify_init1(int flags)'),
    inotifyAdd: library.func('int inotify_add_watch(int fd, const char *path, uint32_t mask)'),
    inotifyRemove: library.func('int inotify_rm_watch(int fd, int watch)'),
    socket: library.func('int socket(int domain, int type, int protocol)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t valueBytes)'),
    sendto: library.func(
      'intptr_t sendto(int fd, const void *bytes, size_t count, int flags, const void *to, uint32_t toBytes)',
    ),
  };
  return bound as Functions;
}

export function lastError(syscall: string, path?: string): TtyError {
  return errorFromErrno(libc().errno(), syscall, path);
}

const EINTR = 4;
const EAGAIN = 11;

/** True when the call that just failed would have blocked, or was interrupted: trying again later is right. */
export function isLater(): boolean {
  const errno = libc().errno();
  return errno === EAGAIN || errno === EINTR;
}

/** True when a signal came during the call that just failed: it is to be made again. */
export function isInterrupted(): boolean {
  return libc().errno() === EINTR;
}

/** Closes a descriptor that no `PolledFd` has taken over. Throws TtyError. */
export function closeFd(fd: number): void {
  if (libc().close(fd) < 0) throw lastError('close');
}
