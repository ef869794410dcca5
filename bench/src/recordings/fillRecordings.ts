/*
 * Rows as the plugin writes them, by its own functions, which the package does
 * not export.
 */
/* eslint-disable @backstage/no-relative-monorepo-imports */
import type { Knex } from 'knex';
import {
  RECORDINGS_TABLE,
  toCompletionColumns,
  toRecordingRow,
} from '../../../plugins/kubernetes-audit-backend/src/recordings/recordingRow';
import {
  noteSearchValues,
  searchValuesOf,
} from '../../../plugins/kubernetes-audit-backend/src/recordings/RecordingSearch';
import type { BenchmarkDatabase } from './BenchmarkDatabase';
import { recordingsOfYears } from './recordingsOfYears';

const BATCH = 5000;
const DURATION_MS = 60_000;
const SIZE_BYTES = 100_000;

export async function isEmpty(knex: Knex): Promise<boolean> {
  return (await knex(RECORDINGS_TABLE).first('id')) === undefined;
}

/** Writes rows as the plugin does, many at once. */
export async function fillRecordings(
  database: BenchmarkDatabase,
  knex: Knex,
  options: { count: number; seed: number },
): Promise<void> {
  let batch: Record<string, unknown>[] = [];
  const known = new Set<string>();
  const flush = async () => {
    if (batch.length === 0) return;
    await database.insert(
      knex,
      RECORDINGS_TABLE,
      Object.keys(batch[0]),
      JSON.stringify(batch),
    );
    const fresh = batch.filter(row => {
      const size = known.size;
      searchValuesOf(row).forEach(({ column_name, value }) =>
        known.add(`${column_name} ${value}`),
      );
      return known.size > size;
    });
    await knex.transaction(async transaction => {
      for (const row of fresh) await noteSearchValues(transaction, row);
    });
    batch = [];
  };
  for (const header of recordingsOfYears(options.count, options.seed)) {
    batch.push({
      ...toRecordingRow(
        { agentId: 'bench-proxy', header },
        {
          sizeBytes: SIZE_BYTES,
          incomplete: { output: '', error: '', input: '' },
        },
      ),
      ...toCompletionColumns({
        status: 'complete',
        endedAt: new Date(
          Date.parse(header.startedAt) + DURATION_MS,
        ).toISOString(),
        durationMs: DURATION_MS,
        exitCode: 0,
        chunkCount: 1,
      }),
    });
    if (batch.length === BATCH) await flush();
  }
  await flush();
  await database.settle(knex);
}
