import type {
  LegalHold,
  Recording,
  RecordingCompletion,
  RecordingHeader,
} from 'backstage-plugin-kubernetes-audit-common';
import { foldList, foldText } from '../database';
import type { CastSizeState } from './CastSizeCounter';
import type { RecordingProgress, StoredChunk } from './RecordingStore';

export const RECORDINGS_TABLE = 'recordings';
export const CHUNKS_TABLE = 'recording_chunks';

/** A recording's row without the columns that exist for queries alone. */
export type RecordingRow = {
  number: number | string;
  id: string;
  started_at: number | string;
  /** JSON of a {@link StoredHeader}. */
  header: string;
  /** JSON of a {@link RecordingCompletion}. */
  completion: string | null;
  size_bytes: number | string;
  /** JSON of a {@link CastSizeState}. */
  cast_state: string;
  chunk_count: number;
  /** JSON of a {@link LegalHold}. */
  legal_hold: string | null;
};

export type ChunkRow = {
  recording_id: string;
  chunk_index: number;
  first_time: number | string;
  last_time: number | string;
  size_bytes: number | string;
  checksum: string;
  blob_key: string;
};

export const RECORDING_COLUMNS: (keyof RecordingRow)[] = [
  'number',
  'id',
  'started_at',
  'header',
  'completion',
  'size_bytes',
  'cast_state',
  'chunk_count',
  'legal_hold',
];

type StoredHeader = { agentId: string; header: RecordingHeader };

const fold = (text: string | undefined) =>
  text === undefined ? null : foldText(text);

/** The row of a recording that begins with its first chunk. */
export function toRecordingRow(
  { agentId, header }: StoredHeader,
  castSize: CastSizeState,
): Omit<RecordingRow, 'number' | 'legal_hold'> & Record<string, unknown> {
  const stored: StoredHeader = { agentId, header };
  return {
    id: header.id.toLowerCase(),
    started_at: Date.parse(header.startedAt),
    header: JSON.stringify(stored),
    completion: null,
    size_bytes: castSize.sizeBytes,
    cast_state: JSON.stringify(castSize),
    chunk_count: 1,
    agent_id: foldText(agentId),
    status: foldText('recording'),
    session_id: foldText(header.sessionId),
    name: foldText(header.name),
    user_name: foldText(header.userName),
    user_email: fold(header.userEmail),
    user_entity_ref: fold(header.userEntityRef),
    client_ip: foldText(header.clientIp),
    client_name: fold(header.clientName),
    cluster_name: foldText(header.clusterName),
    cluster_endpoint: fold(header.clusterEndpoint),
    role: fold(header.role),
    namespace: foldText(header.namespace),
    pod_name: foldText(header.podName),
    container: fold(header.container),
    kind: foldText(header.kind),
    command: foldList(header.command),
    tty: header.tty,
    tunnel_agent_name: fold(header.tunnelAgentName),
    tunnel_tag: fold(header.tunnelTag),
    connected_from: foldText(header.connectedFrom),
  };
}

/** What changes in the row when a recording ends. */
export function toCompletionColumns(completion: RecordingCompletion) {
  return {
    completion: JSON.stringify(completion),
    status: foldText(completion.status),
    ended_at: Date.parse(completion.endedAt),
    duration_ms: completion.durationMs,
    exit_code: completion.exitCode ?? null,
  };
}

export function toProgress(row: RecordingRow): RecordingProgress {
  // All JSON in the row was written by the functions above.
  return {
    ...(JSON.parse(row.header) as StoredHeader),
    chunkCount: row.chunk_count,
    castSize: JSON.parse(row.cast_state) as CastSizeState,
    completion:
      row.completion === null
        ? undefined
        : (JSON.parse(row.completion) as RecordingCompletion),
  };
}

export function toRecording(row: RecordingRow): Recording {
  const { agentId, header, completion } = toProgress(row);
  return {
    ...header,
    number: Number(row.number),
    agentId,
    status: completion?.status ?? 'recording',
    statusReason: completion?.statusReason,
    endedAt: completion?.endedAt,
    endReason: completion?.endReason,
    durationMs: completion?.durationMs,
    exitCode: completion?.exitCode,
    sizeBytes: Number(row.size_bytes),
    legalHold:
      row.legal_hold === null
        ? undefined
        : (JSON.parse(row.legal_hold) as LegalHold),
  };
}

export function toStoredChunk(row: ChunkRow): StoredChunk {
  return {
    index: row.chunk_index,
    firstTime: Number(row.first_time),
    lastTime: Number(row.last_time),
    sizeBytes: Number(row.size_bytes),
    checksum: row.checksum,
    blobKey: row.blob_key,
  };
}
