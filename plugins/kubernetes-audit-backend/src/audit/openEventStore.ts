import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { isSqlite } from '../database';
import type { AuditStore, AuditWriter } from './AuditStore';
import { DatabaseAuditStore } from './DatabaseAuditStore';
import { DatabaseAuditWriter } from './DatabaseAuditWriter';
import { EventErasure } from './EventErasure';
import type { EventMaintenance } from './EventMaintenance';
import { EventPartitions } from './postgres/EventPartitions';
import { PostgresEventTables } from './postgres/PostgresEventTables';
import {
  SQLITE_WALK_BUDGETS,
  WALK_BUDGETS,
  WalkBudgets,
} from './query/EventWalk';
import type { EventTables } from './EventTables';
import { RollUp } from './rollup';
import { SqliteEventMaintenance } from './sqlite/SqliteEventMaintenance';
import { SqliteEventTables } from './sqlite/SqliteEventTables';
import { TermDictionary, UserIdentities } from './terms';

/** What reads and what writes the events of a database, as that kind of database does it best. */
export function openEventStore(
  knex: Knex,
  options: {
    budgets?: WalkBudgets;
    /** Milliseconds of a clock that only goes forward. */
    elapsed?: () => number;
  } = {},
): {
  store: AuditStore;
  writer: AuditWriter;
  erasure: EventErasure;
  rollUp: RollUp;
  tables: EventTables;
} {
  const terms = TermDictionary.create();
  const users = UserIdentities.create();
  const tables = isSqlite(knex)
    ? SqliteEventTables.create()
    : PostgresEventTables.create();
  const rollUp = RollUp.create({ knex, tables });
  const store = DatabaseAuditStore.create({
    budgets: isSqlite(knex) ? SQLITE_WALK_BUDGETS : WALK_BUDGETS,
    elapsed: () => performance.now(),
    ...options,
    knex,
    tables,
    terms,
    users,
    rollUp,
  });
  const writer = DatabaseAuditWriter.create({ tables, terms, users });
  const erasure = EventErasure.create({ knex, store, writer, terms, users });
  return { store, writer, erasure, rollUp, tables };
}

/** What keeps the events of a database well. */
export function createEventMaintenance(options: {
  knex: Knex;
  logger: LoggerService;
  /** Milliseconds since 1970. */
  now: () => number;
}): EventMaintenance {
  return isSqlite(options.knex)
    ? SqliteEventMaintenance.create(options)
    : EventPartitions.create(options);
}
