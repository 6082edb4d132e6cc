import { plainText } from './plain-text.ts';

/** Rows of cells with their columns aligned, two blanks between; the last column is not padded. Peers chose some of the texts. */
export function formatTable(texts: readonly (readonly string[])[]): string[] {
  const rows = texts.map((cells) => cells.map(plainText));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
