import { PolledFd } from './polled-fd.ts';
import { closeFd, lastError, libc } from './system-calls.ts';

/** What happened since the last call: at least one open, at least one close. Their number and order are not known. */
export interface OpenEvents {
  readonly opened: boolean;
  readonly closed: boolean;
}

export interface OpenWatch {
  /** Discards what has happened so far and was not told. */
  discard(): void;
  close(): void;
}

// inotify(7); inotify_init1's flags are those of open(2).
const IN_CLOSE = 0x08 | 0x10;
const IN_OPEN = 0x20;
const initFlags = 0o4000 | 0o2000000;
// struct inotify_event without a name, which the watch of a single file never has.
const eventBytes = 16;

/**
 * Tells when a file is opened or closed by anyone, the caller included. The kernel merges equal neighbours, so this says
 * when to look, not what is so. Throws TtyError.
 */
export function watchOpens(path: string, handler: (events: OpenEvents) => void): OpenWatch {
  const fd = libc().inotifyInit(initFlags);
  if (fd < 0) throw lastError('inotify_init1');
  if (libc().inotifyAdd(fd, path, IN_OPEN | IN_CLOSE) < 0) {
    const error = lastError('inotify_add_watch', path);
    closeFd(fd);
    throw error;
  }
  const polled = new PolledFd(fd, {
    readable: () => {
      const events = readEvents(polled);
      if (events.opened || events.closed) handler(events);
    },
    writable: () => undefined,
    failed: () => polled.close(),
  });
  polled.setInterest({ readable: true, writable: false });
  return { discard: () => void readEvents(polled), close: () => polled.close() };
}

const eventMemory = new Uint32Array((eventBytes * 64) / 4);

function readEvents(polled: PolledFd): OpenEvents {
  let mask = 0;
  for (;;) {
    const bytes = polled.read(new Uint8Array(eventMemory.buffer));
    for (let at = 0; at < bytes; at += eventBytes) mask |= eventMemory[at / 4 + 1] ?? 0;
    if (bytes < eventMemory.byteLength) return { opened: (mask & IN_OPEN) !== 0, closed: (mask & IN_CLOSE) !== 0 };
  }
}
