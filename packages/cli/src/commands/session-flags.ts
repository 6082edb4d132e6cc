import { parseByteSize, SercliError, type SessionRole, type SessionStart } from '@sercli/protocol';

/** Flags that say what is asked for when a session is opened. */
export interface SessionFlags {
  readonly monitor?: true;
  readonly take?: true;
  readonly replay?: string;
}

/** @throws SercliError `usage` */
export function parseSessionFlags({ monitor, take, replay }: SessionFlags): {
  readonly role?: SessionRole;
  readonly takes?: boolean;
  readonly start?: SessionStart;
} {
  if (monitor && take) {
    const what = '--monitor only watches, and --take takes control';
    throw new SercliError('usage', { what, remedy: 'give one of them' });
  }
  return {
    ...(monitor ? { role: 'monitor' } : {}),
    ...(take ? { takes: true } : {}),
    ...(replay === undefined ? {} : { start: parseReplay(replay) }),
  };
}

/**
 * Reads a time: `30s`, `10m`, `2h`, `1d`, in milliseconds.
 *
 * @throws SercliError `usage`
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match !== null) return Number(match[1]) * (msPerUnit[match[2] ?? ''] ?? 0);
  throw new SercliError('usage', { what: `"${text}" is no time`, remedy: 'write for example 30s, 10m or 2h' });
}

const msPerUnit: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads where `--replay` begins: `@OFFSET`, `@OFFSET/EPOCH`, `64k`, `all`, `since=10m`.
 *
 * @throws SercliError `usage`
 */
export function parseReplay(text: string): SessionStart {
  if (text === 'all') return { kind: 'all' };
  if (text.startsWith('since=')) return { kind: 'since', ms: parseDuration(text.slice('since='.length)) };
  const place = /^@(\d+)(?:\/(\w+))?$/.exec(text);
  const offset = Number(place?.[1]);
  if (place !== null && Number.isSafeInteger(offset)) {
    return { kind: 'offset', offset, ...(place[2] === undefined ? {} : { epoch: place[2] }) };
  }
  if (/^\d/.test(text)) return { kind: 'last', bytes: parseByteSize(text) };
  throw new SercliError('usage', {
    what: `--replay "${text}" names no beginning`,
    remedy: 'write @OFFSET, @OFFSET/EPOCH, an amount as 64k, since=10m, or all',
  });
}
