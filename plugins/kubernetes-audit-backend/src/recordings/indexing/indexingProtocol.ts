import type { PartRange } from './planParts';

/** What the worker is asked, one request at a time. */
export type IndexingRequest =
  /** `before` is the compressed sidecar of the chunks before the range. */
  | { type: 'begin'; range: PartRange; before: Uint8Array | undefined }
  | { type: 'chunk'; index: number; bytes: Uint8Array }
  | { type: 'finish'; isComplete: boolean };

/** What it answers, compressed as it is stored. */
export type IndexedPart = { part: Uint8Array; sidecar: Uint8Array };

export type IndexingResponse =
  /** The chunk from which chunks are to be sent, up to the end of the range. */
  | { type: 'begun'; firstChunk: number }
  | { type: 'added' }
  | ({ type: 'finished'; isFailed: boolean } & IndexedPart)
  | { type: 'failed'; message: string };
