import type { Knex } from 'knex';

/** Whether the database is SQLite; otherwise it is PostgreSQL. */
export function isSqlite(knex: Knex): boolean {
  return String(knex.client.config.client).includes('sqlite');
}
