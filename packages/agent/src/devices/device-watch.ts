import { dirname } from 'node:path';
import { TtyError, watchDirectory } from '@sercli/tty';

/** Devices come in groups, and udev has to set their permissions: one look this long after the first change. */
const settleMs = 100;

/**
 * Watches directories in which devices come and go (inotify(7)); nothing is polled. A directory that is not there yet
 * is waited for in the nearest one above it that is.
 */
export class DeviceWatch {
  readonly #directories: ReadonlySet<string>;
  readonly #changed: () => void;
  readonly #watchers = new Map<string, { close(): void }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param changed is called soon after something in one of the directories came or went */
  constructor(directories: Iterable<string>, changed: () => void) {
    this.#directories = new Set(directories);
    this.#changed = changed;
    this.#watchAll();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchAll(): void {
    for (const directory of this.#directories) this.#watchNearest(directory);
  }

  #watchNearest(directory: string): void {
    if (this.#watchers.has(directory)) return;
    try {
      this.#watchers.set(
        directory,
        watchDirectory(directory, () => this.#settle()),
      );
    } catch (error) {
      if (!(error instanceof TtyError)) throw error;
      // Not there, or not to be read: what is above it tells when that changes.
      if (directory !== dirname(directory)) this.#watchNearest(dirname(directory));
    }
  }

  #settle(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#watchAgain();
      this.#changed();
    }, settleMs);
  }

  /** A directory may have been made, or made anew: the old watch then sees nothing any more. */
  #watchAgain(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#watchAll();
  }
}
