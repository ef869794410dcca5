import type { RecordingChunk, RecordingDetail } from '../recording';

/*
 * What a player is given at once, so that it need not ask again and again:
 *
 *   offset size
 *   0      4   magic "KARM"
 *   4      1   version, 2
 *   5      3   reserved, 0
 *   8      4   length of the JSON
 *   12     4   length of all
 *   16     …   JSON, UTF-8: what is in it, and the lengths of what follows
 *   …      …   the keyframe's payload
 *   …      …   the chunks, one behind the other
 *
 * All integers are little-endian. It is made for one answer and kept nowhere.
 */

/** Bytes before the JSON; with them the length of all is known. @public */
export const MOMENT_HEADER_BYTES = 16;

const MAGIC = 0x4d52414b; // "KARM"
const FORMAT_VERSION = 2;
const TOTAL_OFFSET = 12;

/** What rebuilds the screen as it was at one moment, and where playback goes on. @public */
export type MomentKeyframe = {
  /** Microseconds since the recording's start: every earlier event is in it. */
  time: number;
  columns: number;
  rows: number;
  /** The chunk and its event with which playback goes on. */
  chunk: number;
  event: number;
  /** What draws the screen, for a terminal that was just reset. */
  payload: Uint8Array;
};

/**
 * A part of a chunk: from one of its events on, without what is not needed to
 * show the moment.
 *
 * @public
 */
export type MomentChunkPart = {
  /** The first event that is in it, by its place in the chunk. */
  event: number;
  /**
   * Every event of the chunk from there up to this time is in it, in
   * microseconds; absent when it goes to the chunk's end.
   */
  until?: number;
};

/** Whole frames of a chunk, without compression. @public */
export type MomentChunk = {
  index: number;
  bytes: Uint8Array;
  /** Absent when it is the whole chunk. */
  part?: MomentChunkPart;
};

/**
 * What shows a recording at a moment: the latest keyframe before it, absent
 * when the recording's start is, and what happened from there to the moment.
 *
 * @public
 */
export type RecordingMoment = {
  keyframe?: MomentKeyframe;
  /** In order; the last ones may be missing, and are then to be read one by one. */
  chunks: MomentChunk[];
};

/** A moment and, when a recording is opened with it, what is known of the recording. @public */
export type OpenedMoment = {
  recording?: RecordingDetail;
  moment: RecordingMoment;
};

/** A chunk table in columns: short numbers, for there may be many. */
type ChunkColumns = {
  /** Microseconds from the end of the chunk before. */
  gaps: number[];
  /** From the first to the last event, in microseconds. */
  durations: number[];
  sizes: number[];
};

type Contents = {
  recording?: Omit<RecordingDetail, 'chunks'>;
  table?: ChunkColumns;
  /** `payload` is the length. */
  keyframe?: Omit<MomentKeyframe, 'payload'> & { payload: number };
  chunks: (Omit<MomentChunk, 'bytes'> & { length: number })[];
};

/** Bytes that are no moment: cut, or of another format. @public */
export class MomentError extends Error {
  readonly name = 'MomentError';
}

/** @public */
export function encodeRecordingMoment(opened: OpenedMoment): Uint8Array {
  const { recording, moment } = opened;
  const { keyframe, chunks } = moment;
  const contents: Contents = {
    ...(recording && describe(recording)),
    ...(keyframe && {
      keyframe: { ...keyframe, payload: keyframe.payload.length },
    }),
    chunks: chunks.map(({ bytes, ...chunk }) => ({
      ...chunk,
      length: bytes.length,
    })),
  };
  const json = new TextEncoder().encode(JSON.stringify(contents));
  const parts = [
    json,
    ...(keyframe ? [keyframe.payload] : []),
    ...chunks.map(({ bytes }) => bytes),
  ];
  const total = parts.reduce(
    (sum, { length }) => sum + length,
    MOMENT_HEADER_BYTES,
  );
  const encoded = new Uint8Array(total);
  const view = new DataView(encoded.buffer);
  view.setUint32(0, MAGIC, true);
  encoded[4] = FORMAT_VERSION;
  view.setUint32(8, json.length, true);
  view.setUint32(TOTAL_OFFSET, total, true);
  let at = MOMENT_HEADER_BYTES;
  for (const part of parts) {
    encoded.set(part, at);
    at += part.length;
  }
  return encoded;
}

/**
 * How long the whole is, by its first bytes; undefined when these are too few.
 *
 * @public
 */
export function momentLength(bytes: Uint8Array): number | undefined {
  return bytes.length < MOMENT_HEADER_BYTES
    ? undefined
    : viewOf(bytes).getUint32(TOTAL_OFFSET, true);
}

/**
 * Payloads and chunks are views, not copies.
 *
 * @throws {@link MomentError}
 * @public
 */
export function decodeRecordingMoment(bytes: Uint8Array): OpenedMoment {
  if (
    bytes.length < MOMENT_HEADER_BYTES ||
    momentLength(bytes) !== bytes.length
  ) {
    throw new MomentError('moment is cut');
  }
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== MAGIC || bytes[4] !== FORMAT_VERSION) {
    throw new MomentError('not a moment, or of an unknown version');
  }
  let at = MOMENT_HEADER_BYTES;
  const take = (length: number) => {
    const part = bytes.subarray(at, at + length);
    if (part.length !== length) {
      throw new MomentError('moment is shorter than it says');
    }
    at += length;
    return part;
  };
  const json = new TextDecoder().decode(take(view.getUint32(8, true)));
  const { recording, table, keyframe, chunks } = JSON.parse(json) as Contents;
  return {
    recording: recording && {
      ...recording,
      chunks: table ? fromColumns(table) : [],
    },
    moment: {
      keyframe: keyframe && { ...keyframe, payload: take(keyframe.payload) },
      chunks: chunks.map(({ length, ...chunk }) => ({
        ...chunk,
        bytes: take(length),
      })),
    },
  };
}

function describe({ chunks, ...recording }: RecordingDetail) {
  return { recording, table: toColumns(chunks) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function toColumns(chunks: readonly RecordingChunk[]): ChunkColumns {
  return {
    gaps: chunks.map(
      ({ firstTime }, i) => firstTime - (chunks[i - 1]?.lastTime ?? 0),
    ),
    durations: chunks.map(({ firstTime, lastTime }) => lastTime - firstTime),
    sizes: chunks.map(({ sizeBytes }) => sizeBytes),
  };
}

/** Chunks are numbered without a gap. */
function fromColumns({ gaps, durations, sizes }: ChunkColumns) {
  let time = 0;
  return gaps.map((gap, index): RecordingChunk => {
    const firstTime = time + gap;
    time = firstTime + durations[index];
    return { index, firstTime, lastTime: time, sizeBytes: sizes[index] };
  });
}
