/** The records of a CSV file (RFC 4180), whose cells may have lines of their own. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g;
  for (const [, quoted, plain, end] of text.matchAll(cells)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') {
      records.push(record);
      record = [];
    }
  }
  // What comes after the last line's end is nothing.
  return records.filter(({ length }) => length > 1);
}
