'use strict';
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { homedir } = require('node:os');
const { basename, dirname, isAbsolute, join } = require('node:path');
const { constants, Script } = require('node:vm');

/** What is still being written after so long belongs to a process that was ended meanwhile; in milliseconds. */
const abandonedMs = 60_000;

/**
 * What V8 has compiled of the bundle for one command, with the functions that ran: kept from one run to the next in
 * `sercli` below the user's cache directory. The file of a command is a line of JSON and, behind it, what is kept of each
 * file of the bundle.
 */
class KeptCode {
  #path;
  /** What it is kept of: V8 compares its version and its flags, but of the source only the length. */
  #id;
  /** file of the bundle -> what is kept of it */
  #kept = new Map();
  /** What is kept comes from a run that had settled. */
  #isSettled = false;
  /** file of the bundle -> as this run has it */
  #scripts = new Map();
  #hasNew = false;

  constructor(command = '', buildId) {
    const directory = /^[a-z0-9]+$/.test(command) ? ownCacheDirectory() : undefined;
    this.#path = directory === undefined ? undefined : join(directory, command);
    this.#id = `${buildId} ${process.version} ${process.arch}`;
    this.#read();
  }

  /** A file of the bundle, without what is kept where V8 does not take it. */
  compile(name, filename) {
    const cachedData = this.#kept.get(name);
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData, importModuleDynamically });
    if (this.#path !== undefined) this.#scripts.set(name, script);
    this.#hasNew ||= cachedData === undefined || script.cachedDataRejected;
    return script;
  }

  /** @param isSettled whether all that a start needs has run by now; then what was kept before it had is replaced */
  save({ isSettled }) {
    const isBetter = this.#hasNew || (isSettled && !this.#isSettled);
    if (this.#path === undefined || !isBetter) return;
    try {
      for (const [name, script] of this.#scripts) this.#kept.set(name, script.createCachedData());
      removeAbandoned(this.#path);
      write(this.#path, this.#content(isSettled));
    } catch {
      // Without it the next start takes longer, and no more.
    }
  }

  /** Gives up what would be kept: 1 MB. */
  close() {
    this.#path = undefined;
    this.#kept.clear();
    this.#scripts.clear();
  }

  #content(isSettled) {
    const body = Buffer.concat([...this.#kept.values()]);
    const lengths = Object.fromEntries([...this.#kept].map(([name, { length }]) => [name, length]));
    const head = JSON.stringify({ id: this.#id, digest: digestOf(body), isSettled, lengths });
    return Buffer.concat([Buffer.from(`${head}\n`), body]);
  }

  #read() {
    const content = this.#path === undefined ? undefined : readIfThere(this.#path, this.#id);
    if (content === undefined) return;
    const { isSettled, lengths } = content.head;
    this.#isSettled = isSettled;
    let at = 0;
    for (const [name, length] of Object.entries(lengths)) {
      this.#kept.set(name, content.body.subarray(at, at + length));
      at += length;
    }
  }
}

/** V8 runs what it is handed without a look: one page of zeros in it, and the program dies at each start. */
function digestOf(body) {
  return createHash('sha256').update(body).digest('hex');
}

function write(path, content) {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What processes that were killed have begun to write. */
function removeAbandoned(path) {
  const directory = dirname(path);
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const temporary = join(directory, name);
    if (Date.now() - statSync(temporary).mtimeMs > abandonedMs) rmSync(temporary, { force: true });
  }
}

/** What is kept there is run: a root who has the home of somebody else must not run what they have put there. */
function ownCacheDirectory() {
  const { XDG_CACHE_HOME: said = '' } = process.env;
  try {
    const caches = isAbsolute(said) ? said : join(homedir(), '.cache');
    // The home of somebody who has cached nothing yet, as that of a service.
    if (!existsSync(caches) && isOwn(dirname(caches))) mkdirSync(caches, { mode: 0o700 });
    if (!isOwn(caches)) return undefined;
    const directory = join(caches, 'sercli');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return isOwn(directory) ? directory : undefined;
  } catch {
    return undefined;
  }
}

function isOwn(path) {
  const { uid, mode } = statSync(path);
  return uid === process.geteuid() && (mode & 0o022) === 0;
}

/** What is there, whole and of this build. */
function readIfThere(path, id) {
  try {
    if (!isOwn(path)) return undefined;
    const bytes = readFileSync(path);
    const end = bytes.indexOf('\n');
    const head = JSON.parse(bytes.toString('latin1', 0, end));
    const body = bytes.subarray(end + 1);
    return head.id === id && head.digest === digestOf(body) ? { head, body } : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { KeptCode };
