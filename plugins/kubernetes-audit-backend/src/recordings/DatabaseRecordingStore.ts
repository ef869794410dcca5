import { isDatabaseConflictError } from '@backstage/backend-plugin-api';
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
  applySearch,
  countTotal,
  parseFilter,
  readKeysetPage,
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
import type {
  RecordingProgress,
  RecordingQuery,
  RecordingStore,
  StoredChunk,
} from './RecordingStore';

const SEARCH_COLUMNS = [
  'user_name',
  'user_email',
  'cluster_name',
  'client_ip',
  'client_name',
];

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
    if (query.from !== undefined) {
      matching.where('started_at', '>=', query.from);
    }
    if (query.to !== undefined) {
      matching.where('started_at', '<', query.to);
    }
    applySearch(matching, SEARCH_COLUMNS, query.search);

    const { rows, ...cursors } = await readKeysetPage<
      RecordingRow,
      'started_at'
    >(matching.clone().select(RECORDING_COLUMNS), 'started_at', query);
    return {
      items: rows.map(toRecording),
      ...cursors,
      ...(await countTotal(matching, this.knex)),
    };
  }

  async get(id: string): Promise<Recording | undefined> {
    const row = await this.#find(id);
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
          await transaction(RECORDINGS_TABLE).insert(
            toRecordingRow(recording, castSize),
          );
        } else {
          const changed = await transaction<RecordingRow>(RECORDINGS_TABLE)
            .where({ id, chunk_count: chunk.index, completion: null })
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
    const changed = await this.knex<RecordingRow>(RECORDINGS_TABLE)
      .where({
        id: id.toLowerCase(),
        chunk_count: completion.chunkCount,
        completion: null,
      })
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
      await transaction(RECORDINGS_TABLE)
        .where('id', id)
        .whereNotNull('removal_began_at')
        .delete();
    });
  }

  async #find(id: string): Promise<RecordingRow | undefined> {
    return this.knex<RecordingRow>(RECORDINGS_TABLE)
      .where('id', id.toLowerCase())
      .whereNull('removal_began_at')
      .first(RECORDING_COLUMNS);
  }
}
