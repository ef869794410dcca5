import knexFactory, { Knex } from 'knex';
import { totalmem } from 'node:os';
import { join } from 'node:path';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { createEventMaintenance } from '../../../plugins/kubernetes-audit-backend/src/audit';
import { loadPostgres } from './loadPostgres';
import { measureBrowser } from './measureBrowser';
import { measureIngest } from './measureIngest';
import { measurePages } from './measurePages';
import { measureOffset, measureRemoval } from './measureTables';
import { DAYS } from './population';
import { QUERIES } from './queries';
import { quiet } from './quiet';
import { serveStore } from './serveStore';

const DAY_MS = 24 * 3600_000;
/** Days that partitions are made ahead of. */
const STEP_DAYS = 7;
const INGESTED_ROWS = 40_000;
/** Of the machine's memory, a little less than PostgreSQL's manual advises: the built-in setting is for small ones. */
const BUFFER_SHARE = 0.2;
/** Of the plugin. */
export const MIGRATIONS = join(
  __dirname,
  '../../../plugins/kubernetes-audit-backend/migrations',
);

/** The measurements on PostgreSQL; undefined where there is none. */
export async function benchPostgres(options: {
  rows: number;
  log: (line: string) => void;
}) {
  const { startPostgres } = await import(
    '../../../scripts/testing/postgres.mjs'
  );
  const server = await startPostgres({
    shared_buffers: `${Math.floor((totalmem() * BUFFER_SHARE) / 1024 ** 2)}MB`,
  });
  if (!server) {
    return undefined;
  }
  const knex = knexFactory({
    client: 'pg',
    connection: server.connectionString,
    pool: { min: 2, max: 10 },
  });
  try {
    return await measure(knex, {
      ...options,
      connectionString: server.connectionString,
    });
  } finally {
    await knex.destroy();
    await server.stop();
  }
}

async function measure(
  knex: Knex,
  {
    rows,
    log,
    connectionString,
  }: { rows: number; log: (line: string) => void; connectionString: string },
) {
  await knex.migrate.latest({ directory: MIGRATIONS });
  // Today has events too, which the page opens with.
  const endDay = Math.floor(Date.now() / DAY_MS) + 1;
  const oldest = endDay - DAYS;
  for (let day = oldest; day <= endDay; day += STEP_DAYS) {
    const now = () => day * DAY_MS;
    await createEventMaintenance({ knex, logger: quiet, now }).prepare();
  }
  await loadPostgres(knex, { rows, endDay, log });

  const portal = await serveStore(knex);
  try {
    const pages = [];
    for (const query of QUERIES) {
      const newest = endDay * DAY_MS;
      log(`asking for: ${query.name}`);
      pages.push(await measurePages({ ...portal, knex, newest }, query));
    }
    log('opening the page in Chromium');
    const browser = await measureBrowser(connectionString);
    log('ingest, and the removal of a day');
    const offset = await measureOffset(knex, rows);
    const ingest = await measureIngest({
      ...portal,
      knex,
      rows: INGESTED_ROWS,
      days: [endDay + 1, endDay + 2, endDay + 3],
    });
    const now = Date.now;
    const maintenance = createEventMaintenance({ knex, logger: quiet, now });
    const removal = await measureRemoval(knex, maintenance, oldest);
    return { pages, browser, offset, ingest, removal };
  } finally {
    await portal.stop();
  }
}
