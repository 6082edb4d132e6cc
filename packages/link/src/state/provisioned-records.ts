import { SercliError } from '@sercli/protocol';
import type { BrokenLineReport } from './record-file.ts';
import { type RecordFormat, RecordLines } from './record-lines.ts';
import { readTrustedFile } from './trusted-file.ts';

/**
 * Records that stand in an environment variable, for machines that are set up without people: the lines themselves, or the
 * path of a file with them. They are read once.
 *
 * @param value what the variable holds; a path begins with `/`
 * @param report is told of lines that were skipped, with the path or the variable's name
 * @throws SercliError `state-unusable`, `state-untrusted`
 */
export function provisionedRecords<Entry>(
  variable: string,
  value: string | undefined,
  format: RecordFormat<Entry>,
  report: BrokenLineReport,
): ReadonlyMap<string, Entry> {
  if (!value) return new Map();
  const content = value.startsWith('/') ? readLines(variable, value) : Buffer.from(value);
  const lines = new RecordLines(content, format);
  for (const line of lines.broken) report(value.startsWith('/') ? value : variable, line);
  return lines.entries;
}

function readLines(variable: string, path: string): Buffer {
  const remedy = `make it readable for this user, or unset ${variable}`;
  const content = readTrustedFile(path, 'public');
  if (content === undefined) throw new SercliError('state-unusable', { path, reason: 'there is no such file', remedy });
  return content;
}
