import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RunningPortal } from '../player/portal/RunningPortal';
import {
  atMost,
  Check,
  printTable,
  quantile,
  RESULTS,
  skipped,
} from '../report';
import {
  BenchmarkDatabase,
  postgresDatabase,
  sqliteDatabase,
} from './BenchmarkDatabase';
import { fillRecordings, isEmpty } from './fillRecordings';
import { ListCase, listCases } from './listRequests';

const TARGET_P50_MS = 50;
const WARM_UP = 3;

const pageSchema = z.object({
  items: z.array(z.object({ id: z.string() })),
  nextCursor: z.string().optional(),
});

/** Milliseconds of a whole answer. */
export type ListMeasurement = {
  database: string;
  name: string;
  p50: number;
  p99: number;
  worst: number;
};

export type RecordingsOptions = {
  /** Recordings in the database. */
  count: number;
  /** Times that each request is measured. */
  times: number;
  seed: number;
  /** The name of the only database that is measured. */
  database?: string;
  /** Keeps the file of SQLite for the next run, which then need not write it. */
  keep: boolean;
};

/** Asks a portal with many recordings for pages of the list. */
export class RecordingsBenchmark {
  static async run(
    options: RecordingsOptions,
  ): Promise<{ measurements: ListMeasurement[]; checks: Check[] }> {
    const directory = join(RESULTS, 'recordings-portal');
    const measurements: ListMeasurement[] = [];
    const checks: Check[] = [];
    if (!options.keep) rmSync(directory, { recursive: true, force: true });
    const databases = {
      SQLite: async () => sqliteDatabase(join(directory, 'sqlite')),
      Postgres: postgresDatabase,
    };
    for (const [name, open] of Object.entries(databases)) {
      if (options.database && options.database !== name) continue;
      const database = await open();
      if (!database) {
        checks.push(
          skipped(`${name}: worst p50, ms`, `≤ ${TARGET_P50_MS}`, 'none here'),
        );
        continue;
      }
      try {
        const benchmark = new RecordingsBenchmark(database, options);
        const measured = await benchmark.#run(directory);
        measurements.push(...measured);
        checks.push(
          atMost(
            `${database.name}: worst p50, ms`,
            Math.max(...measured.map(({ p50 }) => p50)),
            TARGET_P50_MS,
          ),
        );
      } finally {
        await database.remove();
      }
    }
    if (!options.keep) rmSync(directory, { recursive: true, force: true });
    return { measurements, checks };
  }

  readonly #database: BenchmarkDatabase;
  readonly #options: RecordingsOptions;

  private constructor(database: BenchmarkDatabase, options: RecordingsOptions) {
    this.#database = database;
    this.#options = options;
  }

  async #run(directory: string): Promise<ListMeasurement[]> {
    const { name, config } = this.#database;
    const { count, seed } = this.#options;
    const portal = await RunningPortal.start({
      directory,
      pages: directory,
      database: config,
    });
    try {
      const startedAt = performance.now();
      const knex = this.#database.connect();
      if (await isEmpty(knex)) {
        await fillRecordings(this.#database, knex, { count, seed });
      }
      await knex.destroy();
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      console.log(`${name}: ${count} recordings, written in ${seconds} s`);
      await this.#database.warm();
      const measured = await this.#measure(portal);
      printTable(
        [name, 'p50 ms', 'p99 ms', 'worst ms'],
        measured.map(row => [row.name, row.p50, row.p99, row.worst]),
      );
      return measured;
    } finally {
      await portal.stop();
    }
  }

  async #measure(portal: RunningPortal): Promise<ListMeasurement[]> {
    const headers = { authorization: `Bearer ${await portal.signIn()}` };
    const get = async (query: Record<string, string>) => {
      const response = await fetch(
        `${portal.api}/v1/recordings?${new URLSearchParams(query)}`,
        { headers },
      );
      if (!response.ok) throw new Error(await response.text());
      return pageSchema.parse(await response.json());
    };
    const nextCursorOf = async (query: Record<string, string>) => {
      const { nextCursor } = await get(query);
      if (!nextCursor) throw new Error('there is no next page');
      return nextCursor;
    };
    const measured: ListMeasurement[] = [];
    for (const listCase of listCases(nextCursorOf)) {
      const times = await this.#times(listCase, get);
      measured.push({
        database: this.#database.name,
        name: listCase.name,
        p50: quantile(times, 0.5),
        p99: quantile(times, 0.99),
        worst: times[times.length - 1],
      });
    }
    return measured;
  }

  /** In order. */
  async #times(
    { name, query, expected }: ListCase,
    get: (query: Record<string, string>) => Promise<{ items: unknown[] }>,
  ): Promise<number[]> {
    const times: number[] = [];
    for (let time = 0; time < WARM_UP + this.#options.times; time++) {
      const asked = await query(time);
      const startedAt = performance.now();
      const { items } = await get(asked);
      const elapsed = performance.now() - startedAt;
      if (items.length > 0 !== (expected === 'some')) {
        throw new Error(`${name}: a page of ${items.length}`);
      }
      if (time >= WARM_UP) times.push(elapsed);
    }
    return times.sort((a, b) => a - b);
  }
}
