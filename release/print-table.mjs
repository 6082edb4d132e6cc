/** Rows are objects with the same fields, whose names are the titles. Numbers stand to the right. */
export function printTable(rows) {
  const titles = Object.keys(rows[0]);
  const lines = [titles, ...rows.map((row) => titles.map((title) => row[title]))];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
  for (const line of lines) {
    const cells = line.map((cell, column) => {
      const isNumber = typeof rows[0][titles[column]] === 'number';
      return isNumber ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[column]);
    });
    console.log(`  ${cells.join('  ').trimEnd()}`);
  }
}
