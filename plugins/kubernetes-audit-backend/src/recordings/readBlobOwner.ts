import type { Knex } from 'knex';

/**
 * Tells the recordings of this database from those of others in the same place.
 *
 * @returns hexadecimal digits, always the same for a database
 */
export async function readBlobOwner(knex: Knex): Promise<string> {
  const row = await knex('blob_owner').first('owner');
  if (!row) {
    throw new Error('The table blob_owner has lost its row');
  }
  return row.owner;
}
