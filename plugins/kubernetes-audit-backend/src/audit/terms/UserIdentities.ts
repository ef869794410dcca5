import type { Knex } from 'knex';
import { LRUCache } from 'lru-cache';
import { digestOf } from './digestOf';

/** The columns of an event that say, beside its name, who the user is. */
export const IDENTITY_COLUMNS = ['user_entity_ref', 'user_email'] as const;

export type IdentityColumn = (typeof IDENTITY_COLUMNS)[number];

/** What a column of a user's event holds. */
export type UserIdentity = {
  column: IdentityColumn;
  /** Folded. */
  value: string;
  /** The term. */
  userId: number;
};

const TABLE = 'event_users';
/** Identities that are kept in memory: none grows stale. */
const MAX_CACHED = 20_000;
const ROWS_PER_QUERY = 200;

type Row = { column_name: IdentityColumn; digest: string; user_id: number };

const nameOf = (row: Row) => `${row.column_name} ${row.digest} ${row.user_id}`;

/** Which users, of those that events name, have had an entity ref or an e-mail address. */
export class UserIdentities {
  readonly #known = new LRUCache<string, true>({ max: MAX_CACHED });

  static create(): UserIdentities {
    return new UserIdentities();
  }

  private constructor() {}

  async note(
    transaction: Knex.Transaction,
    identities: readonly UserIdentity[],
  ): Promise<void> {
    const missing = new Map<string, Row>();
    for (const { column, value, userId } of distinct(identities)) {
      const digest = digestOf(value);
      const row = { column_name: column, digest, user_id: userId };
      if (!this.#known.has(nameOf(row))) {
        missing.set(nameOf(row), row);
      }
    }
    // In one order, for two replicas that note the same.
    const rows = [...missing.values()].sort((a, b) =>
      nameOf(a) < nameOf(b) ? -1 : 1,
    );
    for (let i = 0; i < rows.length; i += ROWS_PER_QUERY) {
      await this.#insert(transaction, rows.slice(i, i + ROWS_PER_QUERY));
    }
  }

  /** The ids of the users that have had one of the values. */
  async find(
    knex: Knex,
    column: IdentityColumn,
    values: readonly string[],
  ): Promise<number[]> {
    const rows: Pick<Row, 'user_id'>[] = await knex<Row>(TABLE)
      .where('column_name', column)
      .whereIn('digest', values.map(digestOf))
      .distinct('user_id');
    return rows.map(row => row.user_id);
  }

  /** What is known of users that are no more in the dictionary. */
  async forget(
    transaction: Knex.Transaction,
    userIds: readonly number[],
  ): Promise<void> {
    await transaction(TABLE).whereIn('user_id', userIds).delete();
    // SQLite gives the last id again; PostgreSQL, which has other replicas, does not.
    this.#known.clear();
  }

  async #insert(transaction: Knex.Transaction, rows: Row[]): Promise<void> {
    const before: Row[] = await transaction<Row>(TABLE).whereIn(
      'digest',
      rows.map(({ digest }) => digest),
    );
    // Not what is inserted here: the transaction may be rolled back.
    before.forEach(row => this.#known.set(nameOf(row), true));
    const added = rows.filter(row => !this.#known.has(nameOf(row)));
    if (added.length > 0) {
      await transaction(TABLE)
        .insert(added)
        .onConflict(['column_name', 'digest', 'user_id'])
        .ignore();
    }
  }
}

/** A batch has each of its users many times. */
function distinct(identities: readonly UserIdentity[]): UserIdentity[] {
  const found = new Map<number, Map<string, UserIdentity>>();
  for (const identity of identities) {
    const ofUser = found.get(identity.userId) ?? new Map();
    found.set(identity.userId, ofUser);
    ofUser.set(`${identity.column} ${identity.value}`, identity);
  }
  return [...found.values()].flatMap(ofUser => [...ofUser.values()]);
}
