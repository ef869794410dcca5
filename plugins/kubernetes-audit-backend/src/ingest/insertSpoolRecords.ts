import type { Knex } from 'knex';
import { copyRows, isSqlite } from '../database';

/** Rows of one statement of SQLite. */
const ROWS_PER_INSERT = 500;

/** Writes the checksums of records; the query builder would take longer for it than the database. */
export async function insertSpoolRecords(
  transaction: Knex.Transaction,
  spoolId: number,
  records: readonly { sequence: number; checksum: string }[],
): Promise<void> {
  if (!isSqlite(transaction)) {
    await copyRows(
      transaction,
      'spool_records',
      ['spool_id', 'sequence', 'checksum'],
      records.map(({ sequence, checksum }) => [spoolId, sequence, checksum]),
    );
    return;
  }
  for (let i = 0; i < records.length; i += ROWS_PER_INSERT) {
    const batch = records.slice(i, i + ROWS_PER_INSERT);
    await transaction.raw(
      `INSERT INTO spool_records (spool_id, sequence, checksum)
       VALUES ${batch.map(() => '(?, ?, ?)').join(', ')}`,
      batch.flatMap(({ sequence, checksum }) => [spoolId, sequence, checksum]),
    );
  }
}
