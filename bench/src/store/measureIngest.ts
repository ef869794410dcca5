import type { Knex } from 'knex';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AGENT_ID_HEADER,
  SPOOL_EPOCH_HEADER,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import type { AuditWriter } from '../../../plugins/kubernetes-audit-backend/src/audit';
import { isSqlite } from '../../../plugins/kubernetes-audit-backend/src/database';
import { AGENT_ID } from './serveStore';

const DAY_MS = 24 * 3600_000;
/** Records of a batch, as proxies send them. */
const BATCH = 1000;

/** Of the spools of two proxies. */
const EPOCHS = [
  '019aa000-0000-7000-b000-000000000001',
  '019aa000-0000-7000-b000-000000000002',
];

/** Rows in a second. */
export type IngestRates = {
  copy: number;
  store: number;
  rowByRow: number;
  http: number;
};

/**
 * Records of events that are stored already, anew: on a day of their own and
 * under ids of their own.
 */
export async function readRecords(
  knex: Knex,
  options: { count: number; day: number; series: number },
): Promise<SpoolRecord[]> {
  const { count, day, series } = options;
  const table = isSqlite(knex) ? 'event_documents' : 'request_audit_events';
  const rows: { event: string }[] = await knex(table)
    .orderBy('executed_at', 'desc')
    .limit(count)
    .select('event');
  return rows.map(({ event }, i) => {
    const time = day * DAY_MS + Math.floor((i / count) * DAY_MS);
    const hex = time.toString(16).padStart(12, '0');
    const tail = (series * 10_000_000 + i).toString(16).padStart(12, '0');
    return {
      ...JSON.parse(event),
      id: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}`,
      executedAt: new Date(time).toISOString(),
      sequence: i + 1,
      schemaVersion: 1,
    };
  });
}

/** The same rows by COPY of the server, by the store and by the route for two proxies at once, and one after the other. */
export async function measureIngest(options: {
  knex: Knex;
  url: string;
  writer: AuditWriter;
  rows: number;
  /** Days since 1970 with partitions and without events. */
  days: [number, number, number];
}): Promise<IngestRates> {
  const { knex, url, writer, rows, days } = options;
  const records = await readRecords(knex, {
    count: rows,
    day: days[0],
    series: 1,
  });
  // A portal has run for long when it is looked at.
  await write(knex, writer, records.slice(0, rows / 4));
  const rest = batchesOf(records.slice(rows / 4));
  const store = await rate((rows / 4) * 3, () =>
    eachOfTwo(rest, batch => write(knex, writer, batch)),
  );
  const few = await readRecords(knex, { count: 300, day: days[1], series: 2 });
  const rowByRow = await rate(few.length, async () => {
    for (const record of few) {
      await write(knex, writer, [record]);
    }
  });
  const sent = await readRecords(knex, {
    count: rows,
    day: days[2],
    series: 3,
  });
  const bodies = batchesOf(sent).map(batch =>
    batch.map(record => `${JSON.stringify(record)}\n`).join(''),
  );
  const http = await rate(sent.length, () =>
    eachOfTwo(bodies, async (body, proxy) => {
      const response = await fetch(`${url}/v1/ingest/events`, {
        method: 'POST',
        headers: {
          [AGENT_ID_HEADER]: AGENT_ID,
          [SPOOL_EPOCH_HEADER]: EPOCHS[proxy],
        },
        body,
      });
      if (response.status !== 200) {
        throw new Error(await response.text());
      }
      await response.arrayBuffer();
    }),
  );
  return { copy: await measureCopy(knex, days[0]), store, rowByRow, http };
}

/** Two proxies deliver at once, each its batches one after the other. */
async function eachOfTwo<T>(
  batches: T[],
  deliver: (batch: T, proxy: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    EPOCHS.map(async (_, proxy) => {
      for (let i = proxy; i < batches.length; i += EPOCHS.length) {
        await deliver(batches[i], proxy);
      }
    }),
  );
}

async function write(
  knex: Knex,
  writer: AuditWriter,
  records: SpoolRecord[],
): Promise<void> {
  for (const batch of batchesOf(records)) {
    await knex.transaction(transaction =>
      writer.write(transaction, AGENT_ID, batch),
    );
  }
}

/**
 * The rows that the store has just written, by COPY into tables with the same
 * indexes: the events, and the ids, which are the index that makes them unique.
 */
async function measureCopy(knex: Knex, day: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-copy-'));
  chmodSync(directory, 0o777);
  const tables = ['request_audit_events', 'event_ids'];
  try {
    for (const table of tables) {
      await knex.raw(
        `COPY (SELECT * FROM ${table} WHERE executed_at >= ${
          day * DAY_MS
        } AND executed_at < ${(day + 1) * DAY_MS}) TO '${directory}/${table}'`,
      );
      await knex.raw(`DROP TABLE IF EXISTS copy_${table}`);
      await knex.raw(
        `CREATE TABLE copy_${table} (LIKE ${table} INCLUDING ALL)`,
      );
    }
    const startedAt = performance.now();
    for (const table of tables) {
      await knex.raw(`COPY copy_${table} FROM '${directory}/${table}'`);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const [{ n }] = await knex(`copy_${tables[0]}`).count({ n: '*' });
    for (const table of tables) {
      await knex.schema.dropTable(`copy_${table}`);
    }
    return Number(n) / seconds;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function rate(rows: number, run: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return (rows / (performance.now() - startedAt)) * 1000;
}

function batchesOf<T>(items: T[]): T[][] {
  const batches = [];
  for (let i = 0; i < items.length; i += BATCH) {
    batches.push(items.slice(i, i + BATCH));
  }
  return batches;
}
