import { PolledFd } from './polled-fd.ts';
import { closeFd, lastError, libc } from './system-calls.ts';

// inotify(7); inotify_init1's flags are those of open(2).
const IN_ATTRIB = 0x04;
const IN_MOVE = 0x40 | 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_SELF = 0x400 | 0x800;
const IN_ONLYDIR = 0x01000000;
const initFlags = 0o4000 | 0o2000000;

/**
 * Tells when something in a directory comes, goes, or changes its name or its permissions. Unlike `fs.watch` it does
 * not tell of writes: in /dev those are the traffic of every port and of /dev/null. Throws TtyError.
 *
 * @param changed is called once for whatever happened since the last call, the end of the directory itself included
 */
export function watchDirectory(path: string, changed: () => void): { close(): void } {
  const fd = libc().inotifyInit(initFlags);
  if (fd < 0) throw lastError('inotify_init1');
  const mask = IN_ATTRIB | IN_MOVE | IN_CREATE | IN_DELETE | IN_SELF | IN_ONLYDIR;
  if (libc().inotifyAdd(fd, path, mask) < 0) {
    const error = lastError('inotify_add_watch', path);
    closeFd(fd);
    throw error;
  }
  const polled = new PolledFd(fd, {
    readable: () => {
      while (polled.read(eventMemory) === eventMemory.length);
      changed();
    },
    writable: () => undefined,
    failed: () => polled.close(),
  });
  polled.setInterest({ readable: true, writable: false });
  return { close: () => polled.close() };
}

/** What happened is not looked at, only that it did. */
const eventMemory = new Uint8Array(4096);
