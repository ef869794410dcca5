import knexFactory, { Knex } from 'knex';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The plugin's, as Backstage names it. */
const PLUGIN = 'kubernetes-audit';
const POSTGRES = join(__dirname, '../../../scripts/testing/postgres.mjs');

/** A database that the portal of the benchmark keeps its rows in. */
export type BenchmarkDatabase = {
  name: string;
  /** `backend.database` of the portal. */
  config: object;
  /** To the plugin's tables, once the portal has made them. */
  connect(): Knex;
  /** Adds rows that are given as JSON. */
  insert(
    knex: Knex,
    table: string,
    columns: string[],
    json: string,
  ): Promise<void>;
  /** What the database does by itself within minutes. */
  settle(knex: Knex): Promise<void>;
  /** Brings into memory what a portal in use has there. */
  warm(): Promise<void>;
  remove(): Promise<void>;
};

const names = (columns: string[]) =>
  columns.map(column => `"${column}"`).join(', ');

/** @param directory - that the database file is in */
export function sqliteDatabase(directory: string): BenchmarkDatabase {
  return {
    name: 'SQLite',
    config: { client: 'better-sqlite3', connection: { directory } },
    connect: () =>
      knexFactory({
        client: 'better-sqlite3',
        connection: { filename: join(directory, `${PLUGIN}.sqlite`) },
        useNullAsDefault: true,
      }),
    insert: async (knex, table, columns, json) => {
      const values = columns.map(column => `value ->> '$.${column}'`);
      await knex.raw(
        `insert into ${table} (${names(
          columns,
        )}) select ${values} from json_each(?)`,
        [json],
      );
    },
    settle: async () => {},
    warm: async () => {
      const file = createReadStream(join(directory, `${PLUGIN}.sqlite`));
      await once(file.resume(), 'close');
    },
    remove: async () => {},
  };
}

/** A Postgres of its own; undefined when there is none that runs here. */
export async function postgresDatabase(): Promise<
  BenchmarkDatabase | undefined
> {
  const { startPostgres }: { startPostgres: StartPostgres } = await import(
    pathToFileURL(POSTGRES).href
  );
  const postgres = await startPostgres();
  if (!postgres) return undefined;
  const url = new URL(postgres.connectionString);
  const connection = {
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    password: url.password,
  };
  return {
    name: 'Postgres',
    config: { client: 'pg', connection },
    connect: () =>
      knexFactory({
        client: 'pg',
        connection: { ...connection, database: `backstage_plugin_${PLUGIN}` },
      }),
    insert: async (knex, table, columns, json) => {
      await knex.raw(
        `insert into ${table} (${names(columns)}) select ${names(
          columns,
        )} from json_populate_recordset(null::${table}, ?)`,
        [json],
      );
    },
    settle: async knex => {
      await knex.raw('vacuum analyze');
    },
    warm: async () => {},
    remove: postgres.stop,
  };
}

type StartPostgres = () => Promise<
  { connectionString: string; stop: () => Promise<void> } | undefined
>;
