import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
import type { FilterPredicate } from '@backstage/filter-predicates';
import type { Knex } from 'knex';
import type {
  LegalHold,
  Recording,
  RecordingCompletion,
  RecordingHeader,
  RecordingPage,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  applyFilter,
  countTotal,
  MAX_EXACT_TOTAL,
  parseFilter,
  POLICY_LIMITS,
  readKeysetPage,
  unionOf,
} from '../database';
import type { CastSizeState } from './CastSizeCounter';
import { RECORDING_FIELDS } from './recordingFields';
import {
  ChunkRow,
  CHUNKS_TABLE,
  RECORDING_COLUMNS,
  RecordingRow,
  RECORDINGS_TABLE,
  toCompletionColumns,
  toProgress,
  toRecording,
  toRecordingRow,
  toStoredChunk,
} from './recordingRow';
import {
  forgetSearchValues,
  noteSearchValues,
  RecordingSearch,
} from './RecordingSearch';
import type {
  RecordingProgress,
  RecordingQuery,
  RecordingStore,
  StoredChunk,
} from './RecordingStore';

/** What the column holds; PostgreSQL compares it with no larger number. */
const MAX_CHUNK_COUNT = 2 ** 31 - 1;

/** By these a page is found; only then its rows are read. */
const KEY_COLUMNS = ['started_at', 'id'] as const;

type RecordingTotal = Pick<RecordingPage, 'totalItems' | 'totalIsLowerBound'>;
type RecordingKey = Pick<RecordingRow, (typeof KEY_COLUMNS)[number]>;

/** Recordings in two tables. Ids are UUIDs; the caller has checked that. */
export class DatabaseRecordingStore implements RecordingStore {
  static create(knex: Knex): DatabaseRecordingStore {
    return new DatabaseRecordingStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async list(query: RecordingQuery): Promise<RecordingPage> {
    const matching = this.knex(RECORDINGS_TABLE).whereNull('removal_began_at');
    if (query.filter !== undefined) {
      const filter = parseFilter(query.filter, RECORDING_FIELDS);
      matching.andWhere(group => applyFilter(group, filter));
    }
    whereVisible(matching, query.visible);
    if (query.from !== undefined) {
      matching.where('started_at', '>=', query.from);
    }
    if (query.to !== undefined) {
      matching.where('started_at', '<', query.to);
    }
    const text = query.search?.trim();
    const search = text
      ? await RecordingSearch.begin(this.knex, text)
      : undefined;
    const total = await this.#count(matching, search);
    const { rows, ...cursors } = await readKeysetPage<
      RecordingKey,
      'started_at'
    >(this.#keysOf(matching, search, total), 'started_at', query);
    return {
      items: await this.#read(rows),
      ...cursors,
      ...total,
    };
  }

  /** Nothing of a broad search: to count what it matches could be to read all. */
  async #count(
    matching: Knex.QueryBuilder,
    search: RecordingSearch | undefined,
  ): Promise<RecordingTotal> {
    if (!search) {
      return countTotal(matching, this.knex);
    }
    if (search.isBroad) {
      return {};
    }
    for (const query of search.byColumn(matching)) {
      const total = await countTotal(query, this.knex);
      if (total.totalIsLowerBound) {
        return total;
      }
    }
    // Few in each column, some of them in several.
    return countTotal(this.#lookUp(matching, search), this.knex);
  }

  /**
   * The keys of the recordings that match, in the way that is fast whether
   * they are few or many, recent or long ago: few are all looked up; of many
   * the page is that of the pages of each text, or if there are too many of
   * them, soon found on the way through all recordings.
   */
  #keysOf(
    matching: Knex.QueryBuilder,
    search: RecordingSearch | undefined,
    { totalItems, totalIsLowerBound }: RecordingTotal,
  ): Parameters<typeof readKeysetPage>[0] {
    const keys = matching.clone().select(KEY_COLUMNS);
    if (!search) {
      return keys;
    }
    if (totalItems !== undefined && !totalIsLowerBound) {
      return this.#lookUp(matching, search).select(KEY_COLUMNS);
    }
    const branches = search.byText(keys);
    return branches ? { branches, knex: this.knex } : search.narrow(keys);
  }

  /** The recordings that match; of more than are counted, some. */
  #lookUp(
    matching: Knex.QueryBuilder,
    search: RecordingSearch,
  ): Knex.QueryBuilder {
    const keys = matching.clone().select(KEY_COLUMNS);
    return unionOf(
      this.knex,
      search.byColumn(keys).map(query => query.limit(MAX_EXACT_TOTAL + 1)),
    );
  }

  async #read(keys: RecordingKey[]): Promise<Recording[]> {
    const rows = await this.knex<RecordingRow>(RECORDINGS_TABLE)
      .whereIn(
        'id',
        keys.map(({ id }) => id),
      )
      .select(RECORDING_COLUMNS);
    const byId = new Map(rows.map(row => [row.id, row]));
    // One that was removed in the meantime is left out.
    return keys.flatMap(({ id }) => {
      const row = byId.get(id);
      return row ? [toRecording(row)] : [];
    });
  }

  async get(
    id: string,
    visible?: FilterPredicate,
  ): Promise<Recording | undefined> {
    const row = await this.#find(id, visible);
    return row && toRecording(row);
  }

  async getProgress(id: string): Promise<RecordingProgress | undefined> {
    const row = await this.#find(id);
    return row && toProgress(row);
  }

  async listChunks(id: string): Promise<StoredChunk[]> {
    const rows = await this.knex<ChunkRow>(CHUNKS_TABLE)
      .where('recording_id', id.toLowerCase())
      .orderBy('chunk_index');
    return rows.map(toStoredChunk);
  }

  async getChunk(id: string, index: number): Promise<StoredChunk | undefined> {
    const row = await this.knex<ChunkRow>(CHUNKS_TABLE)
      .where({ recording_id: id.toLowerCase(), chunk_index: index })
      .first();
    return row && toStoredChunk(row);
  }

  async append(
    recording: { agentId: string; header: RecordingHeader },
    chunk: StoredChunk,
    castSize: CastSizeState,
  ): Promise<boolean> {
    const id = recording.header.id.toLowerCase();
    try {
      return await this.knex.transaction(async transaction => {
        if (chunk.index === 0) {
          const row = toRecordingRow(recording, castSize);
          await transaction(RECORDINGS_TABLE).insert(row);
          await noteSearchValues(transaction, row);
        } else {
          const changed = await transaction<RecordingRow>(RECORDINGS_TABLE)
            .where({ id, chunk_count: chunk.index, completion: null })
            .whereNull('removal_began_at')
            .update({
              size_bytes: castSize.sizeBytes,
              cast_state: JSON.stringify(castSize),
              chunk_count: chunk.index + 1,
            });
          if (changed === 0) {
            return false;
          }
        }
        await transaction<ChunkRow>(CHUNKS_TABLE).insert({
          recording_id: id,
          chunk_index: chunk.index,
          first_time: chunk.firstTime,
          last_time: chunk.lastTime,
          size_bytes: chunk.sizeBytes,
          checksum: chunk.checksum,
          blob_key: chunk.blobKey,
        });
        return true;
      });
    } catch (error) {
      if (isDatabaseConflictError(error)) {
        return false;
      }
      throw error;
    }
  }

  async complete(
    id: string,
    completion: RecordingCompletion,
  ): Promise<boolean> {
    if (completion.chunkCount > MAX_CHUNK_COUNT) {
      return false;
    }
    const changed = await this.knex<RecordingRow>(RECORDINGS_TABLE)
      .where({
        id: id.toLowerCase(),
        chunk_count: completion.chunkCount,
        completion: null,
      })
      .whereNull('removal_began_at')
      .update(toCompletionColumns(completion));
    return changed > 0;
  }

  async setLegalHold(
    id: string,
    hold: LegalHold | undefined,
  ): Promise<boolean> {
    const changed = await this.knex(RECORDINGS_TABLE)
      .where('id', id.toLowerCase())
      .whereNull('removal_began_at')
      .update({ legal_hold: hold === undefined ? null : JSON.stringify(hold) });
    return changed > 0;
  }

  async listRemovable(query: {
    startedBefore: number | undefined;
    abandonedBefore: number | undefined;
    after: string | undefined;
    limit: number;
  }): Promise<string[]> {
    const { startedBefore, abandonedBefore, after, limit } = query;
    const rows = this.knex(RECORDINGS_TABLE)
      .where(due => {
        due.whereNotNull('removal_began_at');
        if (startedBefore !== undefined) {
          due.orWhere(ended =>
            ended
              .whereNull('legal_hold')
              .whereNotNull('completion')
              .where('started_at', '<', startedBefore),
          );
        }
        if (abandonedBefore !== undefined) {
          due.orWhere(abandoned =>
            abandoned
              .whereNull('legal_hold')
              .where('started_at', '<', abandonedBefore),
          );
        }
      })
      .orderBy('id')
      .limit(limit)
      .select('id');
    if (after !== undefined) {
      rows.where('id', '>', after);
    }
    return (await rows).map(({ id }) => id);
  }

  async beginRemoval(id: string, at: Date): Promise<boolean> {
    const changed = await this.knex(RECORDINGS_TABLE)
      .where('id', id)
      .whereNull('legal_hold')
      .update({
        removal_began_at: this.knex.raw('coalesce(removal_began_at, ?)', [
          at.getTime(),
        ]),
      });
    return changed > 0;
  }

  async remove(id: string): Promise<void> {
    await this.knex.transaction(async transaction => {
      await transaction(CHUNKS_TABLE).where('recording_id', id).delete();
      const removed = () =>
        transaction(RECORDINGS_TABLE)
          .where('id', id)
          .whereNotNull('removal_began_at');
      const row = await removed().first();
      if (row) {
        await removed().delete();
        await forgetSearchValues(transaction, row);
      }
    });
  }

  async findNamed(query: {
    ids: readonly string[];
    indexes: readonly number[];
  }): Promise<{ ids: Set<string>; blobKeys: Set<string> }> {
    const { ids, indexes } = query;
    const recordings: { id: string }[] = await this.knex(RECORDINGS_TABLE)
      .whereIn('id', ids)
      .select('id');
    const chunks = await this.knex<ChunkRow>(CHUNKS_TABLE)
      .whereIn('recording_id', ids)
      .whereIn('chunk_index', indexes)
      .select('blob_key');
    return {
      ids: new Set(recordings.map(({ id }) => id)),
      blobKeys: new Set(chunks.map(({ blob_key: key }) => key)),
    };
  }

  async #find(
    id: string,
    visible?: FilterPredicate,
  ): Promise<RecordingRow | undefined> {
    const matching = this.knex<RecordingRow>(RECORDINGS_TABLE)
      .where('id', id.toLowerCase())
      .whereNull('removal_began_at');
    whereVisible(matching, visible);
    return matching.first(RECORDING_COLUMNS);
  }
}

function whereVisible(
  query: Knex.QueryBuilder,
  visible: FilterPredicate | undefined,
): void {
  if (visible !== undefined) {
    const filter = parseFilter(visible, RECORDING_FIELDS, POLICY_LIMITS);
    query.andWhere(group => applyFilter(group, filter));
  }
}
