import { PolledFd } from './polled-fd.ts';
import { lastError, libc } from './system-calls.ts';
import { TtyError } from './tty-error.ts';

/** What happened since the last call: at least one open, at least one close. Their number and order are not known. */
export interface OpenEvents {
  readonly opened: boolean;
  readonly closed: boolean;
}

/** A watch that goes on until it is closed. */
export interface OpenWatch {
  /** Discards what has happened so far and was not told. */
  discard(): void;
  close(): void;
}

// inotify(7); inotify_init1's flags are those of open(2).
const IN_CLOSE = 0x08 | 0x10;
const IN_OPEN = 0x20;
const IN_Q_OVERFLOW = 0x4000;
const initFlags = 0o4000 | 0o2000000;
// struct inotify_event without a name, which the watch of a single file never has: wd, mask, cookie, len.
const eventBytes = 16;

interface Watcher {
  readonly handler: (events: OpenEvents) => void;
  /** What has happened and was not told. */
  mask: number;
}

/**
 * Tells when a file is opened or closed by anyone, the caller included. The kernel merges equal neighbours, so this says
 * when to look, not what is so. Throws TtyError.
 */
export function watchOpens(path: string, handler: (events: OpenEvents) => void): OpenWatch {
  current ??= OpenWatches.create();
  const watches = current;
  const watcher: Watcher = { handler, mask: 0 };
  const wd = watches.add(path, watcher);
  return {
    discard: () => watches.discard(wd, watcher),
    close: () => watches.remove(wd, watcher),
  };
}

/** All watches of this process share one instance of inotify: a user may have 128 by default, and 256 ports. */
let current: OpenWatches | undefined;

class OpenWatches {
  readonly #fd: number;
  readonly #polled: PolledFd;
  /** By watch descriptor; a file that is watched twice has one. The kernel never gives a number again. */
  readonly #watchers = new Map<number, Set<Watcher>>();
  readonly #memory = new Int32Array((eventBytes * 64) / 4);

  static create(): OpenWatches {
    const fd = libc().inotifyInit(initFlags);
    if (fd < 0) throw lastError('inotify_init1');
    return new OpenWatches(fd);
  }

  private constructor(fd: number) {
    this.#fd = fd;
    this.#polled = new PolledFd(fd, {
      readable: () => {
        this.#read();
        this.#tell();
      },
      writable: () => undefined,
      failed: () => this.#close(),
    });
    this.#polled.setInterest({ readable: true, writable: false });
  }

  add(path: string, watcher: Watcher): number {
    const wd = libc().inotifyAdd(this.#fd, path, IN_OPEN | IN_CLOSE);
    if (wd < 0) {
      const error = lastError('inotify_add_watch', path);
      this.#closeIfUnused();
      throw error;
    }
    const watchers = this.#watchers.get(wd);
    if (watchers === undefined) this.#watchers.set(wd, new Set([watcher]));
    else watchers.add(watcher);
    return wd;
  }

  remove(wd: number, watcher: Watcher): void {
    const watchers = this.#watchers.get(wd);
    if (watchers === undefined || !watchers.delete(watcher) || watchers.size > 0) return;
    this.#watchers.delete(wd);
    // It fails when the file is gone: the kernel has taken the watch away itself.
    libc().inotifyRemove(this.#fd, wd);
    this.#closeIfUnused();
  }

  discard(wd: number, watcher: Watcher): void {
    if (!this.#has(wd, watcher)) return;
    this.#read();
    watcher.mask = 0;
    // What was read belongs to others too, and no readiness will tell of it again.
    queueMicrotask(() => this.#tell());
  }

  #read(): void {
    for (;;) {
      const bytes = this.#polled.read(new Uint8Array(this.#memory.buffer));
      for (let at = 0; at < bytes / 4; at += eventBytes / 4)
        this.#take(this.#memory[at] ?? 0, this.#memory[at + 1] ?? 0);
      if (bytes < this.#memory.byteLength) return;
    }
  }

  #take(wd: number, mask: number): void {
    // Events were lost, and nobody knows whose: everybody has to look.
    const overflowed = (mask & IN_Q_OVERFLOW) !== 0;
    const concerned = overflowed ? [...this.#watchers.values()] : [this.#watchers.get(wd) ?? []];
    for (const watchers of concerned)
      for (const watcher of watchers) watcher.mask |= overflowed ? IN_OPEN | IN_CLOSE : mask;
  }

  #tell(): void {
    const all = [...this.#watchers].flatMap(([wd, watchers]) => [...watchers].map((watcher) => ({ wd, watcher })));
    for (const { wd, watcher } of all) {
      const { mask } = watcher;
      // One that was told before it may have closed it.
      if ((mask & (IN_OPEN | IN_CLOSE)) === 0 || !this.#has(wd, watcher)) continue;
      watcher.mask = 0;
      this.#tellOne(wd, watcher, mask);
    }
  }

  #tellOne(wd: number, watcher: Watcher, mask: number): void {
    try {
      watcher.handler({ opened: (mask & IN_OPEN) !== 0, closed: (mask & IN_CLOSE) !== 0 });
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      // Its file is of no use any more; the others' are.
      this.remove(wd, watcher);
    }
  }

  #has(wd: number, watcher: Watcher): boolean {
    return this.#watchers.get(wd)?.has(watcher) === true;
  }

  #closeIfUnused(): void {
    if (this.#watchers.size === 0) this.#close();
  }

  #close(): void {
    if (current === this) current = undefined;
    this.#polled.close();
  }
}
