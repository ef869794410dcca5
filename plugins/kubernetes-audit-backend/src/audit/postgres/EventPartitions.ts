import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { Knex } from 'knex';
import { DAY_MS, EventMaintenance } from '../EventMaintenance';
import { EVENTS_TABLE } from '../EventTables';

/** Days that are made ahead, today not counted. */
const DAYS_AHEAD = 7;
/** Days of one run that the default partition has rows of: the rest follows with the next run. */
const MAX_DAYS_PER_RUN = 32;
/** How long a change of the partitions waits for others, in milliseconds: whoever comes after it waits as long. */
const LOCK_TIMEOUT_MS = 1000;

/** The tables that are in ranges of days, and what the ranges are of. */
const TABLES = [
  { name: EVENTS_TABLE, column: 'executed_at', boundOf: timeBound },
  { name: 'event_bodies', column: 'executed_at', boundOf: timeBound },
  { name: 'event_ids', column: 'id', boundOf: idBound },
];

type Table = (typeof TABLES)[number];

/** A partition for each day of each table. */
export class EventPartitions implements EventMaintenance {
  static create(options: {
    knex: Knex;
    logger: LoggerService;
    /** Milliseconds since 1970. */
    now: () => number;
  }): EventPartitions {
    return new EventPartitions(options.knex, options.logger, options.now);
  }

  private constructor(
    private readonly knex: Knex,
    private readonly logger: LoggerService,
    private readonly now: () => number,
  ) {}

  /**
   * Makes those of the next days, and those of days whose rows had to go into
   * the default partition, with these rows. One that cannot be made now is left
   * for the next time: until then its rows are well where they are.
   */
  async prepare(): Promise<void> {
    const today = Math.floor(this.now() / DAY_MS);
    const existing = new Set((await this.#list()).map(({ name }) => name));
    for (const table of TABLES) {
      const days = new Set(await this.#strayDays(table));
      for (let day = today; day <= today + DAYS_AHEAD; day++) {
        days.add(day);
      }
      for (const day of days) {
        const name = nameOf(table, day);
        if (!existing.has(name)) {
          await this.#try([name], 'made', () => this.#make(table, day));
        }
      }
    }
  }

  async removeBefore(firstDay: number, signal?: AbortSignal): Promise<void> {
    const partitions = new Map<number, string[]>();
    for (const { table, day, name } of await this.#list()) {
      if (day < firstDay && (await this.#isOver(table, name, firstDay))) {
        partitions.set(day, [...(partitions.get(day) ?? []), name]);
      }
    }
    for (const names of partitions.values()) {
      if (signal?.aborted) {
        return;
      }
      await this.#try(names, 'dropped', () => this.#drop(names));
    }
    await Promise.all(
      TABLES.map(({ name }) =>
        this.knex(`${name}_default`)
          .where('executed_at', '<', firstDay * DAY_MS)
          .delete(),
      ),
    );
  }

  /** Ids are in ranges of the time that they were made at, which is not that of their events to the letter. */
  async #isOver(
    table: Table,
    partition: string,
    firstDay: number,
  ): Promise<boolean> {
    if (table.column === 'executed_at') {
      return true;
    }
    const kept = await this.knex(partition)
      .where('executed_at', '>=', firstDay * DAY_MS)
      .first(this.knex.raw('1'));
    return kept === undefined;
  }

  async #try(
    partitions: readonly string[],
    what: string,
    change: () => Promise<void>,
  ): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.logger.warn(
        `The partitions ${partitions.join(', ')} could not be ${what} yet`,
        toError(error),
      );
    }
  }

  /** All of a day at once. Not detached first: whoever drops a partition locks its table for as long. */
  async #drop(partitions: readonly string[]): Promise<void> {
    await this.knex.transaction(async transaction => {
      await transaction.raw(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await transaction.raw(
        `DROP TABLE ${partitions.map(() => '??').join(', ')}`,
        [...partitions],
      );
    });
  }

  async #make(table: Table, day: number): Promise<void> {
    const partition = nameOf(table, day);
    const rest = `${table.name}_default`;
    const [from, to] = [table.boundOf(day), table.boundOf(day + 1)];
    await this.knex.transaction(async transaction => {
      await transaction.raw(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await transaction.raw('CREATE TABLE ?? (LIKE ?? INCLUDING ALL)', [
        partition,
        table.name,
      ]);
      // Nobody may add to the rows that move, or they would be in two places.
      await transaction.raw('LOCK TABLE ?? IN ACCESS EXCLUSIVE MODE', [rest]);
      await transaction.raw(
        `WITH moved AS (DELETE FROM ?? WHERE ?? >= ? AND ?? < ? RETURNING *)
         INSERT INTO ?? SELECT * FROM moved`,
        [rest, table.column, from, table.column, to, partition],
      );
      await transaction.raw(
        `ALTER TABLE ?? ATTACH PARTITION ?? FOR VALUES FROM ('${from}') TO ('${to}')`,
        [table.name, partition],
      );
    });
  }

  /** Days, since 1970, that the default partition has rows of and that can have a partition. */
  async #strayDays(table: Table): Promise<number[]> {
    const { rows } = await this.knex.raw<{ rows: { day: string }[] }>(
      `SELECT DISTINCT executed_at / ${DAY_MS} AS day FROM ??
       WHERE executed_at >= 0 AND executed_at < ?
       ORDER BY day DESC LIMIT ${MAX_DAYS_PER_RUN}`,
      [`${table.name}_default`, this.now() + DAYS_AHEAD * DAY_MS],
    );
    return rows.map(({ day }) => Number(day));
  }

  async #list(): Promise<{ table: Table; day: number; name: string }[]> {
    const { rows } = await this.knex.raw<{
      rows: { parent: string; name: string }[];
    }>(
      `SELECT parent.relname AS parent, child.relname AS name FROM pg_inherits
       JOIN pg_class AS parent ON parent.oid = inhparent
       JOIN pg_class AS child ON child.oid = inhrelid
       WHERE parent.oid = ANY(ARRAY[${TABLES.map(() => 'to_regclass(?)').join(
         ', ',
       )}]::oid[])`,
      TABLES.map(({ name }) => name),
    );
    return rows.flatMap(({ parent, name }) => {
      const table = TABLES.find(other => other.name === parent);
      const [, year, month, date] = /_p(\d{4})(\d\d)(\d\d)$/.exec(name) ?? [];
      return !table || year === undefined
        ? []
        : { table, name, day: Date.UTC(+year, +month - 1, +date) / DAY_MS };
    });
  }
}

function nameOf(table: Table, day: number): string {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  return `${table.name}_p${date.replaceAll('-', '')}`;
}

function timeBound(day: number): string {
  return `${day * DAY_MS}`;
}

/** The first UUIDv7 of a day: its first 48 bits are milliseconds. */
function idBound(day: number): string {
  const time = (day * DAY_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
