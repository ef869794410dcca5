import type { Knex } from 'knex';
import { isSqlite } from '../database';
import { DatabaseAuditStore } from './DatabaseAuditStore';
import { DatabaseAuditWriter } from './DatabaseAuditWriter';
import { PostgresEventTables } from './postgres/PostgresEventTables';
import type { WalkBudgets } from './query/EventWalk';
import { SqliteEventTables } from './sqlite/SqliteEventTables';
import { TermDictionary } from './terms';

/** What reads and what writes the events of a database, as that kind of database does it best. */
export function openEventStore(
  knex: Knex,
  options: { budgets?: WalkBudgets } = {},
): { store: DatabaseAuditStore; writer: DatabaseAuditWriter } {
  const terms = TermDictionary.create();
  const tables = isSqlite(knex)
    ? SqliteEventTables.create()
    : PostgresEventTables.create();
  return {
    store: DatabaseAuditStore.create({ knex, tables, terms, ...options }),
    writer: DatabaseAuditWriter.create({ tables, terms }),
  };
}
