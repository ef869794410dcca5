/*
 * The store of the Request Audit: pages, totals, ingest and retention against
 * millions of events in PostgreSQL and in SQLite.
 *
 * BENCH_STORE_ROWS and BENCH_STORE_SQLITE_ROWS say how many events there are.
 */
import {
  Check,
  atLeast,
  atMost,
  printTable,
  skipped,
  writeResults,
} from './report';
import { benchPostgres } from './store/benchPostgres';
import { benchSqlite } from './store/benchSqlite';
import type { PageTimes } from './store/measurePages';

const DEFAULT_ROWS = 10_000_000;
const DEFAULT_SQLITE_ROWS = 2_000_000;
const WORST_PAGE_MS = 50;
const WORST_IN_BROWSER_MS = 1000;

const log = (line: string) => console.log(line);

function printPages(title: string, pages: PageTimes[]): void {
  console.log(`\n${title}, milliseconds\n`);
  printTable(
    [
      'query',
      'total',
      'first p50',
      'p99',
      'deepest p50',
      'p99',
      'bare SQL',
      'naive',
    ],
    pages.map(page => [
      page.name,
      page.total,
      page.first.p50,
      page.first.p99,
      page.deepest.p50,
      page.deepest.p99,
      page.bareSql,
      page.naive,
    ]),
  );
}

const worstOf = (pages: PageTimes[]) =>
  pages.reduce((worst, page) =>
    page.first.p50 > worst.first.p50 ? page : worst,
  );

function pageChecks(database: string, pages: PageTimes[]): Check[] {
  const worst = worstOf(pages);
  const deepest = Math.max(...pages.map(({ deepest: { p50 } }) => p50));
  return [
    atMost(
      `${database}: worst first page (${worst.name}), p50 ms`,
      worst.first.p50,
      WORST_PAGE_MS,
    ),
    atMost(`${database}: worst deepest page, p50 ms`, deepest, WORST_PAGE_MS),
    atMost(
      `${database}: that first page by its bare SQL`,
      worst.first.p50 / worst.bareSql,
      2,
    ),
  ];
}

async function main(): Promise<void> {
  const rows = Number(process.env.BENCH_STORE_ROWS ?? DEFAULT_ROWS);
  const sqliteRows = Number(
    process.env.BENCH_STORE_SQLITE_ROWS ?? DEFAULT_SQLITE_ROWS,
  );
  const checks: Check[] = [];
  const postgres = await benchPostgres({ rows, log });
  if (postgres) {
    const { pages, browser, offset, ingest, removal } = postgres;
    printPages(`PostgreSQL, ${rows} events`, pages);
    if (browser) {
      console.log('\nThe page in Chromium, milliseconds\n');
      printTable(
        ['until the rows are there', 'p50', 'worst'],
        browser.map(({ name, p50, worst }) => [name, p50, worst]),
      );
    }
    printTable(
      ['events per second', 'rate', 'of COPY'],
      Object.entries(ingest).map(([name, rate]) => [
        name,
        rate,
        rate / ingest.copy,
      ]),
    );
    printTable(
      ['milliseconds', 'ms'],
      [
        [`OFFSET ${offset.place}`, offset.offset],
        ['keyset there', offset.keyset],
        ['DELETE of a day', removal.deleted],
        ['dropping a day', removal.dropped],
      ],
    );
    const old = pages.map(({ first, naive }) => naive && first.p50 / naive);
    checks.push(
      ...pageChecks('PostgreSQL', pages),
      browser
        ? atMost(
            'rows or a filter in Chromium, worst p50 ms',
            Math.max(...browser.map(({ p50 }) => p50)),
            WORST_IN_BROWSER_MS,
          )
        : skipped('rows in Chromium', 'runs here', 'there is no Chromium'),
      atMost(
        'frequent but old, by the naive plan',
        Math.max(...old.map(ratio => ratio ?? 0)),
        0.02,
      ),
      atMost('keyset by OFFSET', offset.keyset / offset.offset, 0.05),
      atLeast('ingest of the store by COPY', ingest.store / ingest.copy, 0.35),
      atLeast('… by row by row', ingest.store / ingest.rowByRow, 8),
      atLeast('ingest over HTTP by COPY', ingest.http / ingest.copy, 0.25),
      atMost(
        'dropping a day by its DELETE',
        removal.dropped / removal.deleted,
        0.2,
      ),
    );
  } else {
    checks.push(skipped('PostgreSQL', 'runs here', 'there is no PostgreSQL'));
  }
  const sqlite = await benchSqlite({ rows: sqliteRows, log });
  printPages(`SQLite, ${sqliteRows} events`, sqlite.pages);
  checks.push(
    ...pageChecks('SQLite', sqlite.pages).slice(0, 2),
    atLeast(
      'SQLite: transactions of 1000 by one transaction',
      sqlite.batched / sqlite.single,
      0.45,
    ),
    atMost(
      'SQLite: longest stop while a day is deleted, ms',
      sqlite.stopMs,
      50,
    ),
  );
  writeResults('store', checks, { rows, sqliteRows, postgres, sqlite });
  if (checks.some(check => !check.holds)) {
    process.exitCode = 1;
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
