import type { Knex } from 'knex';
import { arrayLiteral, ColumnValue, copyRows } from '../../database';
import { bodyOf, documentOf, ROW_COLUMNS } from '../eventRow';
import { EVENTS_TABLE, NewEvent } from '../EventTables';

const COLUMNS = [
  'number',
  'id',
  'executed_at',
  'sequence',
  'outcome_known',
  'failed',
  'terms',
  'group_terms',
  'event',
  ...ROW_COLUMNS.map(({ name }) => name),
];

/** Writes rows of events and their bodies. */
export async function insertEvents(
  transaction: Knex.Transaction,
  events: readonly NewEvent[],
): Promise<void> {
  await copyRows(transaction, EVENTS_TABLE, COLUMNS, rowsOf(events));
  const withBody = events.filter(
    ({ event }) => event.requestBody !== undefined,
  );
  if (withBody.length > 0) {
    await copyRows(
      transaction,
      'event_bodies',
      ['executed_at', 'id', 'request_body'],
      withBody.map(({ executedAt, id, event }) => [
        executedAt,
        id,
        bodyOf(event),
      ]),
    );
  }
}

/** Made one by one on their way out, so that none of them lives for long. */
function* rowsOf(events: readonly NewEvent[]): Generator<ColumnValue[]> {
  for (const row of events) {
    const { event, terms } = row;
    yield [
      row.number,
      row.id,
      row.executedAt,
      event.sequence,
      row.outcomeKnown,
      row.failed,
      arrayLiteral(terms.single),
      arrayLiteral(terms.groups),
      documentOf(event),
      ...ROW_COLUMNS.map(column => column.of(event)),
    ];
  }
}
