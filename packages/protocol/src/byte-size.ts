import { SercliError } from './errors.ts';

const factors: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/**
 * Reads a number of bytes: `65536`, `64k`, `64KiB`, `4MiB`. A k is 1024.
 *
 * @throws SercliError `usage`
 */
export function parseByteSize(text: string): number {
  const match = /^(\d+) ?(?:([kmg])(?:ib)?)?$/i.exec(text);
  const bytes = Number(match?.[1]) * (factors[match?.[2]?.toUpperCase() ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(bytes)) return bytes;
  const remedy = 'write a whole number, alone or with KiB, MiB or GiB behind it: 65536, 64k, 4MiB';
  throw new SercliError('usage', { what: `"${text}" is no number of bytes`, remedy });
}

/** Writes a number of bytes so that `parseByteSize` reads it back: `64KiB`, `1000`. */
export function formatByteSize(bytes: number): string {
  const [unit = '', factor = 1] =
    Object.entries(factors).findLast(([, candidate]) => bytes >= candidate && bytes % candidate === 0) ?? [];
  return `${bytes / factor}${unit === '' ? '' : `${unit}iB`}`;
}
