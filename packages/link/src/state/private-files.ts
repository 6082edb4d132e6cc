import { lstatSync } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { reasonOf, SercliError } from '@sercli/protocol';
import { type Audience, isTrustedDirectory, readTrustedFile } from './trusted-file.ts';

/** A draft that stays the same for so long while somebody waits for it was left by a process that died, in milliseconds. */
export const draftPatienceMs = 10_000;
const draftLookMs = 10;

/**
 * The files of one directory that this user alone can change: keys, pins, authorisations. What anybody else can have
 * written is refused with the remedy and never repaired silently, since nobody knows what was done with it until then.
 */
export class PrivateFiles {
  readonly directory: string;
  readonly #draftPatienceMs: number;

  /** Touches nothing yet. */
  constructor(directory: string, patienceMs: number = draftPatienceMs) {
    // A slash at the end would make open(2) follow a link.
    this.directory = resolve(directory);
    this.#draftPatienceMs = patienceMs;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /**
   * The content of a file; undefined if there is none.
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  read(name: string, audience: Audience): Buffer | undefined {
    const path = this.path(name);
    try {
      return isTrustedDirectory(this.directory) ? readTrustedFile(path, audience) : undefined;
    } catch (error) {
      throw unusable(path, error);
    }
  }

  /**
   * Changes whenever the file does, or who may write it and its directory; undefined while its last change is so recent that another
   * one may bear the same time, and when there is no file.
   */
  version(name: string): string | undefined {
    const found = lstatSync(this.path(name), { throwIfNoEntry: false, bigint: true });
    const directory = lstatSync(this.directory, { throwIfNoEntry: false });
    if (found === undefined || directory === undefined || Date.now() - Number(found.ctimeMs) < 100) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    return [dev, ino, size, mtimeNs, ctimeNs, directory.ino, directory.mode, directory.uid].join(' ');
  }

  /**
   * Gives a file another content, at once or not at all: whoever reads it finds the old or the new one, after a crash or
   * on a full disk too. One edit at a time: `change` gets what is there, and says what is to be (undefined: leave it).
   *
   * @throws SercliError `state-untrusted`, `state-unusable`
   */
  async edit(
    name: string,
    audience: Audience,
    change: (content: Buffer | undefined) => Buffer | undefined,
  ): Promise<void> {
    const path = this.path(name);
    try {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      isTrustedDirectory(this.directory);
      await using draft = await Draft.open(path, this.#draftPatienceMs);
      const before = readTrustedFile(path, audience);
      const after = change(before);
      if (after !== undefined) await draft.publish(after, before !== undefined);
    } catch (error) {
      throw unusable(path, error);
    }
  }
}

/** The next content of a file, beside it. There is one name for it, so who has made it holds the file until it is gone. */
class Draft implements AsyncDisposable {
  readonly #target: string;
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(target: string, path: string, file: FileHandle) {
    this.#target = target;
    this.#path = path;
    this.#file = file;
  }

  static async open(target: string, patienceMs: number): Promise<Draft> {
    const path = `${target}.draft`;
    let seen = { version: '', since: 0 };
    for (;;) {
      try {
        return new Draft(target, path, await open(path, 'wx', 0o600));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = lstatSync(path, { throwIfNoEntry: false, bigint: true });
      const version = `${found?.ino} ${found?.ctimeNs}`;
      const now = performance.now();
      if (version !== seen.version) seen = { version, since: now };
      else if (now - seen.since >= patienceMs) await rm(path, { force: true });
      await setTimeout(draftLookMs);
    }
  }

  async publish(content: Uint8Array, replaces: boolean): Promise<void> {
    // Against an odd umask.
    await this.#file.chmod(0o600);
    await this.#file.writeFile(content);
    await this.#file.sync();
    if (!(await this.#isStillOurs())) throw new Error('another process has thought this one dead and changed it');
    // What came into being without a draft meanwhile stays: link(2) does not replace.
    await (replaces ? rename(this.#path, this.#target) : link(this.#path, this.#target));
    await syncDirectory(join(this.#target, '..'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (await this.#isStillOurs()) await rm(this.#path);
    } finally {
      await this.#file.close();
    }
  }

  /** Renamed, it is not there any more; kept for too long, it may be the draft of somebody else. */
  async #isStillOurs(): Promise<boolean> {
    const { ino } = await this.#file.stat();
    const found = await lstat(this.#path).catch(() => undefined);
    return found?.ino === ino;
  }
}

/** A new name in a directory outlives a power failure only when the directory is written too (fsync(2)). */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function unusable(path: string, cause: unknown): SercliError {
  if (cause instanceof SercliError) return cause;
  const remedy =
    'make its directory writable for this user and see that the disk has room, or choose another directory';
  return new SercliError('state-unusable', { path, reason: reasonOf(cause), remedy }, { cause });
}
