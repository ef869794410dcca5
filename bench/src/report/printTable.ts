/** A table's cell; undefined where nothing was measured. */
export type Cell = string | number | undefined;

function format(cell: Cell): string {
  if (typeof cell !== 'number') {
    return cell ?? '–';
  }
  if (Math.abs(cell) >= 100) {
    return Math.round(cell).toLocaleString('en-US');
  }
  return `${Number(cell.toPrecision(3))}`;
}

/** Prints rows below their headings; the first column is aligned to the left, the others to the right. */
export function printTable(headings: string[], rows: Cell[][]): void {
  const lines = [headings, ...rows.map(row => row.map(format))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map(line => line[column].length)),
  );
  const print = (line: string[]) =>
    console.log(
      line
        .map((text, column) =>
          column === 0
            ? text.padEnd(widths[column])
            : text.padStart(widths[column]),
        )
        .join('  '),
    );
  print(lines[0]);
  print(widths.map(width => '-'.repeat(width)));
  lines.slice(1).forEach(print);
  console.log();
}
