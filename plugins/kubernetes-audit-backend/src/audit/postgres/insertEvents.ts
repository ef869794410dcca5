import type { Knex } from 'knex';
import { arrayLiteral, copyRows } from '../../database';
import { ROW_COLUMNS } from '../eventRow';
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
  await copyRows(
    transaction,
    EVENTS_TABLE,
    COLUMNS,
    events.map(event => [
      event.number,
      event.id,
      event.executedAt,
      event.sequence,
      event.outcomeKnown,
      event.failed,
      arrayLiteral(event.terms.single),
      arrayLiteral(event.terms.groups),
      event.event,
      ...event.columns,
    ]),
  );
  const withBody = events.filter(({ requestBody }) => requestBody !== null);
  if (withBody.length > 0) {
    await copyRows(
      transaction,
      'event_bodies',
      ['executed_at', 'id', 'request_body'],
      withBody.map(({ executedAt, id, requestBody }) => [
        executedAt,
        id,
        requestBody,
      ]),
    );
  }
}
