import { createHash } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SercliError } from '@sercli/protocol';
import { lockFile } from '@sercli/tty';

/** Which process made a link, kept as a small JSON file, so that the link of a dead process can be told from others. */
export interface LinkRecord {
  readonly link: string;
  /** What the link points to: `/dev/pts/7`. */
  readonly target: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process (proc_pid_stat(5), field 22): pids are used again. */
  readonly startTime: string;
}

const privateMode = 0o700;

/** The records of this user's links. */
export class LinkRecords {
  readonly #directory: string;

  /** @throws SercliError `state-unusable` when the directory belongs to somebody else */
  constructor() {
    this.#directory = join(runtimeDirectory(), 'links');
    makePrivate(dirname(this.#directory));
    makePrivate(this.#directory);
  }

  /** Runs `section` while no other process of this user runs one. */
  locked<Result>(section: () => Result): Result {
    const lock = openSync(join(this.#directory, 'lock'), 'w', 0o600);
    try {
      lockFile(lock);
      return section();
    } finally {
      closeSync(lock);
    }
  }

  read(link: string): LinkRecord | undefined {
    try {
      const record: unknown = JSON.parse(readFileSync(this.#path(link), 'utf8'));
      return isLinkRecord(record) ? record : undefined;
    } catch {
      // Missing, or cut short by a crash: either way nobody vouches for the link.
      return undefined;
    }
  }

  write(link: string, target: string): void {
    const record: LinkRecord = { link, target, pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
    writeFileSync(this.#path(link), `${JSON.stringify(record)}\n`, { mode: 0o600 });
  }

  remove(link: string): void {
    rmSync(this.#path(link), { force: true });
  }

  #path(link: string): string {
    return join(this.#directory, `${createHash('sha256').update(link).digest('hex').slice(0, 32)}.json`);
  }
}

/** Whether the process that made the record still lives. */
export function isMakerAlive(record: LinkRecord): boolean {
  return startTimeOf(record.pid) === record.startTime;
}

function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold anything; 22 is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not heard of it yet.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    // No such process.
    return undefined;
  }
}

function runtimeDirectory(): string {
  const userRuntime = process.env.XDG_RUNTIME_DIR;
  if (userRuntime) return join(userRuntime, 'sercli');
  const uid = process.getuid?.() ?? 0;
  return uid === 0 ? '/run/sercli' : join(tmpdir(), `sercli-${uid}`);
}

/** In a shared directory somebody else may have made ours before us, or put a link in its place. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: privateMode });
  const found = lstatSync(directory);
  if (found.isDirectory() && found.uid === process.getuid?.()) return;
  throw new SercliError('state-unusable', {
    path: directory,
    reason: `it belongs to user ${found.uid}, or is no directory`,
    remedy: 'remove it, or set XDG_RUNTIME_DIR to a directory of your own',
  });
}

function isLinkRecord(value: unknown): value is LinkRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'link' in value &&
    'target' in value &&
    'pid' in value &&
    'startTime' in value &&
    typeof value.pid === 'number'
  );
}
