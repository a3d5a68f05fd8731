/** Numbers to the right, the first column to the left. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  console.log(`\n${title}`);
  for (const row of [head, ...rows]) console.log(toLine(row));
}

export const toMicros = (ms: number): string => (ms * 1000).toFixed(ms < 0.1 ? 1 : 0);
