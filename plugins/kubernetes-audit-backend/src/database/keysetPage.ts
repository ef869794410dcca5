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
  const cursor =
    request.cursor === undefined ? undefined : decodeCursor(request.cursor);
  if (cursor && request.order && request.order !== cursor.order) {
    throw new InputError(`cursor: is for order=${cursor.order}`);
  }
  const order = cursor?.order ?? request.order ?? 'desc';
  const backwards = cursor?.direction === 'prev';
  const ascending = (order === 'asc') !== backwards;

  const pageOf = (rows: Knex.QueryBuilder) => {
    const page = rows
      .clone()
      .orderBy([
        { column: timeColumn, order: ascending ? 'asc' : 'desc' },
        { column: 'id', order: ascending ? 'asc' : 'desc' },
      ])
      // One more than asked for tells whether there is another page.
      .limit(request.limit + 1);
    if (cursor) {
      page.whereRaw(`(??, ??) ${ascending ? '>' : '<'} (?, ?)`, [
        timeColumn,
        'id',
        cursor.time,
        cursor.id.toLowerCase(),
      ]);
    }
    return page;
  };
  const found: TRow[] = await ('branches' in query
    ? pageOf(unionOf(query.knex, query.branches.map(pageOf)).select('*'))
    : pageOf(query));
  const more = found.length > request.limit;
  const rows = found.slice(0, request.limit);
  if (backwards) {
    rows.reverse();
  }

  const cursorAt = (row: TRow | undefined, direction: Cursor['direction']) =>
    row &&
    encodeCursor({
      time: Number(row[timeColumn]),
      id: row.id,
      direction,
      order,
    });
  const hasNext = backwards || more;
  const hasPrevious = backwards ? more : cursor !== undefined;
  return {
    rows,
    nextCursor: hasNext ? cursorAt(rows.at(-1), 'next') : undefined,
    prevCursor: hasPrevious ? cursorAt(rows[0], 'prev') : undefined,
  };
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
