import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import { MAX_RECORD_BYTES, parseSpoolBatch } from './parseSpoolBatch';

const sequences = (...lines: Parameters<typeof ndjson>) =>
  parseSpoolBatch(ndjson(...lines)).map(({ sequence }) => sequence);
const problemOf = (line: string) => {
  const [{ content }] = parseSpoolBatch(ndjson(line));
  return 'problem' in content ? content.problem : undefined;
};

describe('parseSpoolBatch', () => {
  it('reads records, with or without a line end at the end, and skips empty lines', () => {
    const body = Buffer.from(
      `\n${JSON.stringify(spoolRecord(1))}\r\n\n${JSON.stringify(
        spoolRecord(2),
      )}`,
    );
    expect(parseSpoolBatch(body).map(({ content }) => content)).toEqual([
      { record: spoolRecord(1) },
      { record: spoolRecord(2) },
    ]);
  });

  it('says what is wrong with a line', () => {
    expect(problemOf('nonsense')).toBe('the line is not JSON');
    expect(problemOf('[]')).toMatch(/^record: /);
    expect(
      problemOf(JSON.stringify({ ...spoolRecord(1), userName: 7 })),
    ).toMatch(/^userName: /);
    expect(
      problemOf(JSON.stringify({ ...spoolRecord(1), schemaVersion: 2 })),
    ).toBe('schemaVersion: 2 is newer than 1');
    expect(problemOf(`"${'x'.repeat(MAX_RECORD_BYTES)}"`)).toMatch(/longer/);
  });

  it('finds the sequence of a record that is invalid or cut', () => {
    expect(
      sequences(JSON.stringify({ ...spoolRecord(7), verb: undefined })),
    ).toEqual([7]);
    expect(sequences('{"sequence":8,"schemaVers')).toEqual([8]);
  });

  it('guesses the sequence of a line from its neighbours', () => {
    expect(sequences(spoolRecord(3), 'x', 'y', spoolRecord(6))).toEqual([
      3, 4, 5, 6,
    ]);
    expect(sequences('x', 'y', spoolRecord(3), 'z')).toEqual([1, 2, 3, 4]);
  });

  it('does not guess a sequence that another line has, or one below 1', () => {
    expect(sequences(spoolRecord(1), 'x', spoolRecord(2))).toEqual([
      1,
      undefined,
      2,
    ]);
    expect(sequences('x', spoolRecord(1))).toEqual([undefined, 1]);
    expect(sequences('x')).toEqual([undefined]);
  });

  it('gives the same line the same checksum and another line another', () => {
    const [a, b, c] = parseSpoolBatch(
      ndjson(spoolRecord(1), spoolRecord(1), spoolRecord(2)),
    );
    expect(a.checksum).toBe(b.checksum);
    expect(a.checksum).not.toBe(c.checksum);
  });
});
