import type { Knex } from 'knex';
import { foldText, LIKE_ESCAPE, likePattern } from '../database';

const VALUES_TABLE = 'recording_search_values';
const RECORDINGS_TABLE = 'recordings';

/** The columns that a search looks in. */
const COLUMNS = [
  'user_name',
  'user_email',
  'cluster_name',
  'client_ip',
  'client_name',
] as const;

type Column = (typeof COLUMNS)[number];

/** Texts that are listed in a query, at the most; databases bind a limited number. */
const MAX_LISTED = 1000;
/** Texts by which recordings are looked up one by one. */
const MAX_BRANCHES = 64;

type ValueRow = { column_name: Column; value: string };

/** The texts of a recording that searches find, always in the same order. */
export function searchValuesOf(row: Record<string, unknown>): ValueRow[] {
  return COLUMNS.flatMap(column => {
    const value = row[column];
    return typeof value === 'string' ? [{ column_name: column, value }] : [];
  });
}

/** Notes the texts of a recording that begins, so that searches find them. */
export async function noteSearchValues(
  transaction: Knex.Transaction,
  row: Record<string, unknown>,
): Promise<void> {
  await transaction(VALUES_TABLE)
    // In the same order for all, so that no two wait for each other.
    .insert(searchValuesOf(row))
    .onConflict(['column_name', 'value'])
    // Held until the recording is there: see forgetSearchValues.
    .merge();
}

/**
 * Takes away the texts of a recording that is gone, as far as no other has
 * them.
 */
export async function forgetSearchValues(
  transaction: Knex.Transaction,
  row: Record<string, unknown>,
): Promise<void> {
  for (const { column_name, value } of searchValuesOf(row)) {
    const entry = { column_name, value };
    // A recording that begins meanwhile holds the text; only after it has
    // ended its transaction is it to be seen whether it needs it.
    await transaction(VALUES_TABLE).where(entry).forUpdate().select('value');
    await transaction(VALUES_TABLE)
      .where(entry)
      .whereNotExists(
        transaction(RECORDINGS_TABLE)
          .select('id')
          .where(column_name, value)
          .whereNull('removal_began_at'),
      )
      .delete();
  }
}

/** Takes those of the texts away that no recording has any more. */
export async function forgetSearchValues(
  knex: Knex,
  texts: readonly { column: Column; value: string | undefined }[],
): Promise<void> {
  for (const { column, value } of texts) {
    if (value !== undefined) {
      const folded = foldText(value);
      await knex(VALUES_TABLE)
        .where({ column_name: column, value: folded })
        .whereNotExists(
          knex('recordings').where(column, folded).select(knex.raw('1')),
        )
        .delete();
    }
  }
}

/** The texts that match a search, as far as they can be listed. */
export class RecordingSearch {
  readonly #pattern: string;
  readonly #found: readonly ValueRow[];

  /** @param text - is looked for in any case; not empty */
  static async begin(knex: Knex, text: string): Promise<RecordingSearch> {
    const pattern = `%${likePattern(foldText(text))}%`;
    const found = await knex<ValueRow>(VALUES_TABLE)
      .whereRaw(`value like ? escape '${LIKE_ESCAPE}'`, [pattern])
      .limit(MAX_LISTED + 1)
      .select('column_name', 'value');
    return new RecordingSearch(pattern, found);
  }

  private constructor(pattern: string, found: readonly ValueRow[]) {
    this.#pattern = pattern;
    this.#found = found;
  }

  /** Whether so many texts match that the recordings with them are not few. */
  get isBroad(): boolean {
    return this.#found.length > MAX_LISTED;
  }

  /**
   * Narrows a query to the recordings that match, going through recordings in
   * their order.
   */
  narrow(query: Knex.QueryBuilder): Knex.QueryBuilder {
    return query.andWhere(group => {
      for (const column of COLUMNS) {
        group.orWhereRaw(`?? like ? escape '${LIKE_ESCAPE}'`, [
          column,
          this.#pattern,
        ]);
      }
    });
  }

  /**
   * Queries that have the recordings that match together, each by the index of
   * a column. Not one query: SQLite joins no partial indexes by OR. Not for a
   * broad search.
   */
  byColumn(query: Knex.QueryBuilder): Knex.QueryBuilder[] {
    const queries = COLUMNS.flatMap(column => {
      const values = this.#valuesOf(column);
      return values.length > 0 ? [query.clone().whereIn(column, values)] : [];
    });
    return queries.length > 0 ? queries : [query.clone().whereRaw('1 = 0')];
  }

  /**
   * The same for each text, by an index that has the recordings in order of
   * time; undefined when there are too many.
   */
  byText(query: Knex.QueryBuilder): Knex.QueryBuilder[] | undefined {
    return this.#found.length > MAX_BRANCHES
      ? undefined
      : this.#found.map(row => query.clone().where(row.column_name, row.value));
  }

  #valuesOf(column: Column): string[] {
    return this.#found
      .filter(row => row.column_name === column)
      .map(({ value }) => value);
  }
}
