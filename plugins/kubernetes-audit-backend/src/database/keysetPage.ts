import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';
import { z } from 'zod';

/** Newest first is `desc`. */
export type PageOrder = 'asc' | 'desc';

/** A total larger than this is given as a bound: to count on costs more than it tells. */
export const MAX_EXACT_TOTAL = 10_000;

/** Which rows of a list are asked for. */
export type PageRequest = {
  limit: number;
  /** Without it, that of the cursor, or newest first. */
  order?: PageOrder;
  /** From an earlier page; without it the first page. */
  cursor?: string;
};

/**
 * A cursor names a row by time and id, not by its position, so what is
 * inserted meanwhile neither repeats nor hides rows.
 */
const cursorSchema = z.strictObject({
  /** Milliseconds since 1970. */
  time: z.number().int(),
  id: z.uuid(),
  /** The page after the row in the order of the list, or before it. */
  direction: z.enum(['next', 'prev']),
  order: z.enum(['asc', 'desc']),
});

type Cursor = z.infer<typeof cursorSchema>;

function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function decodeCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
  } catch {
    throw new InputError('cursor: not one that this API has given');
  }
}

/** Where a page begins and which way it is read. */
export type PagePlan = {
  /** Oldest first, in the order of reading, which a page before the cursor turns round. */
  ascending: boolean;
  /** The row that the page begins behind, in the order of reading. */
  after?: { time: number; id: string };
  /** One more than asked for: it tells whether there is another page. */
  rows: number;
  /** The page that was read, in the order of the list, and the ways on from it. */
  finish<TRow>(
    found: readonly TRow[],
    keyOf: (row: TRow) => { time: number; id: string },
  ): { rows: TRow[]; nextCursor?: string; prevCursor?: string };
};

/**
 * @throws InputError when the cursor is not ours or is for another order
 */
export function planPage(request: PageRequest): PagePlan {
  const { limit } = request;
  const cursor =
    request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  if (cursor && request.order && request.order !== cursor.order) {
    throw new InputError(`cursor: is for order=${cursor.order}`);
  }
  const order = cursor?.order ?? request.order ?? 'desc';
  const backwards = cursor?.direction === 'prev';
  return {
    ascending: (order === 'asc') !== backwards,
    after: cursor && { time: cursor.time, id: cursor.id.toLowerCase() },
    rows: limit + 1,
    finish: (found, keyOf) => {
      const more = found.length > limit;
      const rows = found.slice(0, limit);
      if (backwards) {
        rows.reverse();
      }
      const cursorAt = (i: number, direction: Cursor['direction']) =>
        rows.length === 0
          ? undefined
          : encodeCursor({ ...keyOf(rows[i]), direction, order });
      const hasNext = backwards || more;
      const hasPrevious = backwards ? more : cursor !== undefined;
      return {
        rows,
        nextCursor: hasNext ? cursorAt(rows.length - 1, 'next') : undefined,
        prevCursor: hasPrevious ? cursorAt(0, 'prev') : undefined,
      };
    },
  };
}

/**
 * One page of a query, ordered by a column of milliseconds and then by `id`.
 *
 * @param query - the filtered rows, without order or limit; of several
 *   queries for the same columns, the page of all their rows together
 * @throws InputError when the cursor is not ours or is for another order
 */
export async function readKeysetPage<
  TRow extends { id: string } & { [column in TTime]: string | number },
  TTime extends string,
>(
  query: Knex.QueryBuilder | { branches: Knex.QueryBuilder[]; knex: Knex },
  timeColumn: TTime,
  request: PageRequest,
): Promise<{ rows: TRow[]; nextCursor?: string; prevCursor?: string }> {
  const plan = planPage(request);
  const direction = plan.ascending ? 'asc' : 'desc';
  const pageOf = (rows: Knex.QueryBuilder) => {
    const page = rows
      .clone()
      .orderBy([
        { column: timeColumn, order: direction },
        { column: 'id', order: direction },
      ])
      .limit(plan.rows);
    if (plan.after) {
      page.whereRaw(`(??, ??) ${plan.ascending ? '>' : '<'} (?, ?)`, [
        timeColumn,
        'id',
        plan.after.time,
        plan.after.id,
      ]);
    }
    return page;
  };
  const found: TRow[] = await ('branches' in query
    ? pageOf(unionOf(query.knex, query.branches.map(pageOf)).select('*'))
    : pageOf(query));
  return plan.finish(found, row => ({
    time: Number(row[timeColumn]),
    id: row.id,
  }));
}

/** The rows of all queries, each once; the queries are for the same columns. */
export function unionOf(
  knex: Knex,
  queries: readonly Knex.QueryBuilder[],
): Knex.QueryBuilder {
  // A part of a union has an order and a limit of its own only as a subquery.
  const [first, ...others] = queries.map(query =>
    knex.from(query.as('part')).select('*'),
  );
  const all = others.length > 0 ? first.union(others) : first;
  return knex.from(all.as('parts'));
}

/** Counts the rows of a query, up to {@link MAX_EXACT_TOTAL}. */
export async function countTotal(
  query: Knex.QueryBuilder,
  knex: Knex,
): Promise<{ totalItems: number; totalIsLowerBound?: true }> {
  const [{ count }] = await knex
    .from(
      query
        .clone()
        .select(knex.raw('1'))
        .limit(MAX_EXACT_TOTAL + 1)
        .as('matching'),
    )
    .count<{ count: number | string }[]>({ count: '*' });
  const total = Number(count);
  return total > MAX_EXACT_TOTAL
    ? { totalItems: MAX_EXACT_TOTAL, totalIsLowerBound: true }
    : { totalItems: total };
}
