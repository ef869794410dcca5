import knexFactory, { Knex } from 'knex';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { createEventMaintenance } from '../../../plugins/kubernetes-audit-backend/src/audit';
import { MIGRATIONS } from './benchPostgres';
import { loadSqlite } from './loadSqlite';
import { readRecords } from './measureIngest';
import { measurePages } from './measurePages';
import { DAYS } from './population';
import { QUERIES } from './queries';
import { quiet } from './quiet';
import { AGENT_ID, serveStore } from './serveStore';

const DAY_MS = 24 * 3600_000;
const INGESTED_ROWS = 10_000;
const BATCH = 1000;

/** The measurements on SQLite. */
export async function benchSqlite(options: {
  rows: number;
  log: (line: string) => void;
}) {
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-sqlite-'));
  const knex = knexFactory({
    client: 'better-sqlite3',
    connection: { filename: join(directory, 'audit.sqlite') },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  try {
    return await measure(knex, options);
  } finally {
    await knex.destroy();
    rmSync(directory, { recursive: true });
  }
}

async function measure(
  knex: Knex,
  { rows, log }: { rows: number; log: (line: string) => void },
) {
  await knex.migrate.latest({ directory: MIGRATIONS });
  const endDay = Math.floor(Date.now() / DAY_MS);
  await knex.raw('PRAGMA journal_mode = WAL');
  await knex.raw('PRAGMA synchronous = OFF');
  await loadSqlite(knex, { rows, endDay, log });
  await knex.raw('PRAGMA synchronous = FULL');
  const maintenance = createEventMaintenance({
    knex,
    logger: quiet,
    now: Date.now,
  });
  await maintenance.prepare();

  const portal = await serveStore(knex);
  try {
    const pages = [];
    for (const query of QUERIES) {
      const newest = endDay * DAY_MS;
      pages.push(await measurePages({ ...portal, knex, newest }, query));
    }
    const write = async (day: number, series: number, batch: number) => {
      const records = await readRecords(knex, {
        count: INGESTED_ROWS,
        day,
        series,
      });
      const startedAt = performance.now();
      for (let i = 0; i < records.length; i += batch) {
        await knex.transaction(transaction =>
          portal.writer.write(
            transaction,
            AGENT_ID,
            records.slice(i, i + batch),
          ),
        );
      }
      return (records.length / (performance.now() - startedAt)) * 1000;
    };
    const batched = await write(endDay + 1, 1, BATCH);
    const single = await write(endDay + 2, 2, INGESTED_ROWS);

    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await maintenance.removeBefore(endDay - DAYS + 1);
    delay.disable();
    return { pages, batched, single, stopMs: delay.max / 1e6 };
  } finally {
    await portal.stop();
  }
}
