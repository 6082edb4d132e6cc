/** What a line of a text file with one record a line means, or why it means nothing. */
export type Reading<Entry> = { readonly entry: Entry } | { readonly problem: string };

/** What every record may end with. */
export interface RecordTail {
  /** When it was written, to the second. */
  readonly since?: Date;
  /** Whatever somebody wants to remember about it. */
  readonly note?: string;
}

const instantPattern = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/;

/** What could move the cursor, hide the rest of a line or end it, when the file is written or printed. */
const unprintable = /[^\P{Cc}\t]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** The words of a line and the note behind ` # `; undefined for a line that holds no record. */
export function splitLine(line: string): Reading<{ words: readonly string[]; note?: string }> | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  if (unprintable.test(text)) return { problem: 'it holds characters that cannot be printed' };
  const [, record = '', note = ''] = /^(.*?)(?:\s#(.*))?$/u.exec(text) ?? [];
  const words = record.trim().split(/\s+/);
  return { entry: note.trim() === '' ? { words } : { words, note: note.trim() } };
}

/** Reads `2026-11-22T10:04:00Z`, or a day alone. */
export function parseInstant(text: string): Date | undefined {
  const instant = new Date(instantPattern.test(text) ? text : Number.NaN);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

export function formatInstant(instant: Date): string {
  return Number.isNaN(instant.getTime()) ? 'never' : instant.toISOString().replace(/\.\d+Z$/, 'Z');
}
