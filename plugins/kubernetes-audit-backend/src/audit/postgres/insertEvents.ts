import type { Knex } from 'knex';
import { arrayLiteral } from '../../database';
import { ROW_COLUMNS } from '../eventRow';
import { ColumnValue, EVENTS_TABLE, NewEvent } from '../EventTables';

type Column = {
  name: string;
  type: string;
  of(event: NewEvent): ColumnValue;
};

const column = (
  name: string,
  type: string,
  of: (event: NewEvent) => ColumnValue,
): Column => ({ name, type, of });

/** As text, since an array of arrays would be taken apart to its numbers. */
const TERMS = 'terms';

/** JSON, which has no control characters in it. */
const JSON_TEXT = 'json';
const SEPARATOR = '\u001e';

const COLUMNS: readonly Column[] = [
  column('number', 'bigint', ({ number }) => number),
  column('id', 'uuid', ({ id }) => id),
  column('executed_at', 'bigint', ({ executedAt }) => executedAt),
  column('sequence', 'bigint', ({ sequence }) => sequence),
  column('outcome_known', 'boolean', ({ outcomeKnown }) => outcomeKnown),
  column('failed', 'boolean', ({ failed }) => failed),
  column('terms', TERMS, ({ terms }) => arrayLiteral(terms.single)),
  column('group_terms', TERMS, ({ terms }) => arrayLiteral(terms.groups)),
  column('event', JSON_TEXT, ({ event }) => event),
  ...ROW_COLUMNS.map(({ name, type }, i) =>
    column(name, type, ({ columns }) => columns[i]),
  ),
];

const BODY_COLUMNS: readonly Column[] = [
  column('executed_at', 'bigint', ({ executedAt }) => executedAt),
  column('id', 'uuid', ({ id }) => id),
  column('request_body', JSON_TEXT, ({ requestBody }) => requestBody),
];

/** Writes rows of events and their bodies. */
export async function insertEvents(
  transaction: Knex.Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  await insertRows(transaction, EVENTS_TABLE, COLUMNS, events);
  const withBody = events.filter(({ requestBody }) => requestBody !== null);
  if (withBody.length > 0) {
    await insertRows(transaction, 'event_bodies', BODY_COLUMNS, withBody);
  }
}

/**
 * Rows go as one array for each column: one statement however many there are.
 * Columns that no row has a value for stay out of it, and that is every third.
 */
async function insertRows(
  transaction: Knex.Transaction,
  table: string,
  columns: readonly Column[],
  events: readonly NewEvent[],
): Promise<void> {
  const used = columns.flatMap(({ name, type, of }) => {
    const values = events.map(event => of(event));
    return values.some(value => value !== null) ? { name, type, values } : [];
  });
  const names = used.map(({ name }) => name).join(', ');
  const selected = used.map(({ name, type }) =>
    type === TERMS ? `${name}::integer[]` : name,
  );
  await transaction.raw(
    `INSERT INTO ${table} (${names}) SELECT ${selected.join(', ')}
     FROM unnest(${used.map(({ type }) => arrayOf(type)).join(', ')})
     AS row (${names})`,
    used.map(({ type, values }) =>
      // Nothing to escape, and there is much of it.
      type === JSON_TEXT ? values.join(SEPARATOR) : arrayLiteral(values),
    ),
  );
}

function arrayOf(type: string): string {
  switch (type) {
    case JSON_TEXT:
      return `string_to_array(?, '${SEPARATOR}')`;
    case TERMS:
      return '?::text[]';
    default:
      return `?::${type}[]`;
  }
}
