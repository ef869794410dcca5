import type { Knex } from 'knex';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TABLES = ['request_audit_events', 'event_ids'];

/**
 * Tables with the indexes of the store's, that COPY fills with rows of the
 * store: the events, and the ids, which are the index that makes them unique.
 */
export class CopiedTables {
  static async create(knex: Knex): Promise<CopiedTables> {
    const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-copy-'));
    // The server writes there, as another user.
    chmodSync(directory, 0o777);
    for (const table of TABLES) {
      await knex.raw(`DROP TABLE IF EXISTS copy_${table}`);
      await knex.raw(
        `CREATE TABLE copy_${table} (LIKE ${table} INCLUDING ALL)`,
      );
    }
    return new CopiedTables(knex, directory);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly directory: string,
  ) {}

  /** Lays the rows of records, which are in the order of time, ready. */
  async take(records: readonly { executedAt: string }[]): Promise<void> {
    const [first, last] = [records[0], records[records.length - 1]].map(
      ({ executedAt }) => Date.parse(executedAt),
    );
    for (const table of TABLES) {
      await this.knex.raw(
        `COPY (SELECT * FROM ${table} WHERE executed_at BETWEEN ${first} AND ${last})
         TO '${this.directory}/${table}'`,
      );
    }
  }

  async fill(): Promise<void> {
    for (const table of TABLES) {
      await this.knex.raw(
        `COPY copy_${table} FROM '${this.directory}/${table}'`,
      );
    }
  }

  async drop(): Promise<void> {
    for (const table of TABLES) {
      await this.knex.schema.dropTable(`copy_${table}`);
    }
    rmSync(this.directory, { recursive: true });
  }
}
