import {
  DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';

/** Where the migrations are in the published package and in the repository alike. */
export const migrationsDirectory = resolvePackagePath(
  'backstage-plugin-kubernetes-audit-backend',
  'migrations',
);

/** The plugin's database, brought up to date unless the host says to skip that. */
export async function connectDatabase(
  database: DatabaseService,
): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) {
    await knex.migrate.latest({ directory: migrationsDirectory });
  }
  return knex;
}
