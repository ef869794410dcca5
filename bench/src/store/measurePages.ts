import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  foldText,
  isSqlite,
} from '../../../plugins/kubernetes-audit-backend/src/database';
import { quantile } from '../report';
import type { BenchQuery } from './queries';

const DAY_MS = 24 * 3600_000;
/** Rows of a page. */
const LIMIT = 50;
const ROUNDS = 15;
/** It takes minutes. */
const NAIVE_ROUNDS = 1;

export type PageTimes = {
  name: string;
  total: string;
  /** Milliseconds, through the HTTP route. */
  first: { p50: number; p99: number };
  deepest: { p50: number; p99: number };
  /** The statements of the first page alone, on one connection. */
  bareSql: number;
  /** The walk back from the newest, without the roll-up. */
  naive?: number;
};

type Page = {
  items: { id: string; executedAt: string }[];
  totalItems: number;
  totalIsLowerBound?: true;
};

/** Times the first and the last page of a query. */
export async function measurePages(
  options: { url: string; knex: Knex; newest: number },
  query: BenchQuery,
): Promise<PageTimes> {
  const { url, knex, newest } = options;
  const fetchPage = async (more: Record<string, string>): Promise<Page> => {
    const parameters = new URLSearchParams({
      limit: `${LIMIT}`,
      ...(query.filter !== undefined && {
        filter: JSON.stringify(query.filter),
      }),
      ...(query.search !== undefined && { search: query.search }),
      ...(query.days !== undefined && {
        from: new Date(newest - query.days * DAY_MS).toISOString(),
      }),
      ...more,
    });
    const response = await fetch(`${url}/v1/events?${parameters}`);
    if (response.status !== 200) {
      throw new Error(`${query.name}: ${await response.text()}`);
    }
    return response.json() as Promise<Page>;
  };

  const { page, bareSql } = await timeStatements(knex, () => fetchPage({}));
  const first = await time(ROUNDS, () => fetchPage({}));
  const oldest = await fetchPage({ order: 'asc' });
  const last = oldest.items.at(-1);
  const deepest = last
    ? await time(ROUNDS, () => fetchPage({ cursor: cursorAt(last) }))
    : first;
  return {
    name: query.name,
    total: `${page.totalItems}${page.totalIsLowerBound ? '+' : ''}`,
    first,
    deepest,
    bareSql,
    naive:
      query.isOld && !isSqlite(knex) ? await timeNaive(knex, query) : undefined,
  };
}

/** A page's cursor is the row that it begins behind. */
function cursorAt(row: { id: string; executedAt: string }): string {
  const cursor = {
    time: Date.parse(row.executedAt),
    id: row.id,
    direction: 'next',
    order: 'desc',
  };
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** What the statements of a request take when nothing but them is done. */
async function timeStatements(
  knex: Knex,
  request: () => Promise<Page>,
): Promise<{ page: Page; bareSql: number }> {
  const statements: { sql: string; bindings: Knex.RawBinding[] }[] = [];
  const note = ({ sql, bindings }: { sql: string; bindings: [] }) =>
    statements.push({ sql, bindings });
  await request();
  knex.on('query', note);
  const page = await request();
  knex.off('query', note);
  const { p50 } = await knex.transaction(transaction =>
    time(ROUNDS, async () => {
      for (const { sql, bindings } of statements) {
        // Positional parameters are written by the client in its own way.
        await transaction.raw(sql.replace(/\$\d+/g, '?'), bindings);
      }
    }),
  );
  return { page, bareSql: p50 };
}

/** What a store without a roll-up has to do: walk back until the page is full. */
async function timeNaive(knex: Knex, query: BenchQuery): Promise<number> {
  const [term] = await knex('event_terms')
    .where('value', 'like', `${foldText(oldNameOf(query))}%`)
    .select('id');
  const { p50 } = await time(NAIVE_ROUNDS, () =>
    knex('request_audit_events')
      .whereRaw('? = ANY(terms)', [term.id])
      .orderBy([
        { column: 'executed_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(LIMIT + 1)
      .select('executed_at', 'id', 'event'),
  );
  return p50;
}

/** The first value of a filter: it alone is as old as all of it. */
function oldNameOf({ filter, search }: BenchQuery): string {
  const [name] = /[a-z-]{4,}(?="})/.exec(JSON.stringify(filter ?? {})) ?? [];
  return search ?? name ?? '';
}

export async function time(
  rounds: number,
  run: () => Promise<unknown>,
): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const startedAt = performance.now();
    await run();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
