import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, type Stats, symlinkSync, unlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SercliError } from '@sercli/protocol';
import { isMakerAlive, LinkRecords } from './link-records.ts';
import { enterTrustedDirectory } from './trusted-directory.ts';

/**
 * The stable name of a virtual port: a symbolic link to whatever number its pseudo terminal got.
 *
 * It replaces the link that a dead process left behind, and nothing else.
 */
export class PortLink {
  readonly path: string;
  readonly #records: LinkRecords;
  #target: string;

  /**
   * @throws SercliError `link-refused` when something else is at `path`, `state-untrusted` when another user could put
   * something else there
   */
  constructor(path: string, target: string) {
    const absolute = resolve(path);
    this.path = join(enterTrustedDirectory(dirname(absolute)), basename(absolute));
    this.#target = target;
    this.#records = new LinkRecords();
    this.#records.locked(() => {
      this.#refuseUnlessFree();
      this.#put(target);
    });
  }

  /** Points to another pseudo terminal from now on. */
  retarget(target: string): void {
    this.#records.locked(() => {
      if (linkTarget(this.path) === this.#target) this.#put(target);
    });
    this.#target = target;
  }

  /** Removes the link, unless somebody has put another in its place. */
  remove(): void {
    this.#records.locked(() => {
      if (linkTarget(this.path) !== this.#target) return;
      unlinkSync(this.path);
      this.#records.remove(this.path);
    });
  }

  #put(target: string): void {
    const fresh = join(dirname(this.path), `.${basename(this.path)}.${process.pid}`);
    rmSync(fresh, { force: true });
    symlinkSync(target, fresh);
    renameSync(fresh, this.path);
    this.#records.write(this.path, target);
  }

  #refuseUnlessFree(): void {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    if (found === undefined) return;
    const target = linkTarget(this.path);
    const what = target === undefined ? kindOf(found) : this.#whyKept(target);
    if (what !== undefined) throw new SercliError('link-refused', { path: this.path, what });
  }

  /** What a link is that must stay; undefined for one whose maker is dead or whose pseudo terminal is gone. */
  #whyKept(target: string): string | undefined {
    const record = this.#records.read(this.path);
    if (record?.target === target) {
      return isMakerAlive(record) ? `the link of a virtual port that process ${record.pid} has made` : undefined;
    }
    if (!/^\/dev\/pts\/\d+$/.test(target)) return `a link to ${target}`;
    return existsSync(target) ? `a link to ${target}, which was not made by sercli` : undefined;
  }
}

/** Where a symbolic link points to; undefined when there is none. */
function linkTarget(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory';
  if (found.isFile()) return 'a regular file';
  return found.isCharacterDevice() ? 'a device' : 'a socket, a pipe or a block device';
}
