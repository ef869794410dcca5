import { z } from 'zod';
import { crc32 } from './crc32';

/*
 * What is known of a recording beside its frames. Two kinds of object have
 * one form:
 *
 *   offset size
 *   0      4   magic "KARS"
 *   4      1   version, 1
 *   5      1   kind: 1 sidecar, 2 part
 *   6      2   reserved, 0
 *   8      4   length of the JSON
 *   12     4   length of the keyframes
 *   16     4   CRC-32 of the 16 bytes before it and all that follows it
 *   20     …   JSON, UTF-8
 *   …      …   keyframes, one behind the other
 *
 * All integers are little-endian.
 */

/** Bytes of the JSON at the most. @public */
export const MAX_SIDECAR_JSON_BYTES = 64 * 1024 * 1024;
/** Bytes of the keyframes at the most. @public */
export const MAX_SIDECAR_KEYFRAME_BYTES = 256 * 1024 * 1024;
/** Bytes of a sidecar without its JSON and keyframes. @public */
export const SIDECAR_HEADER_BYTES = 20;
/** A gap without output or input that is as long counts as idle, in microseconds. @public */
export const MIN_IDLE_MICROSECONDS = 2_000_000;

const MAGIC = 0x5352414b; // "KARS"
const FORMAT_VERSION = 1;
const CRC_OFFSET = 16;
const KINDS = { sidecar: 1, part: 2 } as const;

const MAX_FRAMES = 4_000_000;
const MAX_LINES = 4_000_000;
const MAX_SPANS = 1_000_000;
const MAX_BUCKETS = 4096;

const count = z.number().int().nonnegative();
const microseconds = count;

const chunkRangeSchema = z.object({ from: count, to: count });

/** A keyframe's place: in its part, and in the recording. */
const keyframeEntrySchema = z.object({
  time: microseconds,
  /** The chunk, and the number of its events, that the screen has seen. */
  chunk: count,
  event: count,
  /** Of the encoded keyframe in the keyframes of its part. */
  offset: count,
  bytes: count,
});

const frameEntrySchema = z.object({
  chunk: count,
  sequence: count,
  /** Of the frame in the chunk as it is stored. */
  offset: count,
  bytes: count,
  firstTime: microseconds,
  lastTime: microseconds,
  /** Bytes of output from the recording's start to the frame's end. */
  outputBytes: count,
});

/** Why the indexing of a recording ended before the recording. @public */
export const sidecarFailureSchema = z.object({
  /**
   * `timeout`, `memory`: replaying a part took too much of it; `crash`: the
   * emulator failed; `no-keyframe`: no moment to start from for too long.
   */
  code: z.enum(['timeout', 'memory', 'crash', 'no-keyframe']),
  message: z.string().max(2048),
  /** The first chunk that is not in the sidecar. */
  chunk: count,
});

/** What is known of a recording, or of its first chunks. @public */
export const sidecarSchema = z.object({
  /** Made from the chunks 0 to `chunkCount - 1`. */
  chunkCount: count,
  /** Whether these are all chunks of a recording that has ended. */
  isComplete: z.boolean(),
  /** Of the last event. */
  lastTime: microseconds,
  outputBytes: count,
  /** Frames that could not be read. */
  damagedFrames: count,
  /** Frames with more to do than the emulator is given: the screens after them may differ from what was seen. */
  curtailedFrames: count.default(0),
  frames: z.array(frameEntrySchema).max(MAX_FRAMES),
  /** Chunks of each part, which has the keyframes and the text of them. */
  parts: z.array(chunkRangeSchema).max(MAX_FRAMES),
  /** In order of time; `part` is an index in `parts`. */
  keyframes: z
    .array(keyframeEntrySchema.extend({ part: count }))
    .max(MAX_FRAMES),
  /** Bytes of output in buckets of time that begin with the recording. */
  activity: z.object({
    bucketMicroseconds: count,
    buckets: z.array(count).max(MAX_BUCKETS),
  }),
  /** Spans without output or input of {@link MIN_IDLE_MICROSECONDS} or more. */
  idle: z
    .array(z.object({ from: microseconds, to: microseconds }))
    .max(MAX_SPANS),
  /** Those of the recording, and commands. */
  markers: z
    .array(z.object({ time: microseconds, text: z.string().max(1024) }))
    .max(MAX_SPANS),
  /** Bytes of text in all parts, and whether more was left out. */
  textBytes: count,
  isTextTruncated: z.boolean(),
  failure: sidecarFailureSchema.optional(),
  /** Where the indexer goes on; of no use to others. */
  resume: z.object({
    /** Of the last output or input. */
    lastActivityTime: microseconds,
    /** The keyframe is the sidecar's own; absent: from the recording's start. */
    keyframe: keyframeEntrySchema.optional(),
  }),
});

/** What is known of a recording, or of its first chunks. @public */
export type Sidecar = z.infer<typeof sidecarSchema>;

/** Why the indexing of a recording ended before the recording. @public */
export type SidecarFailure = z.infer<typeof sidecarFailureSchema>;

/** The keyframes and the text of some chunks. @public */
export const sidecarPartSchema = z.object({
  chunks: chunkRangeSchema,
  keyframes: z.array(keyframeEntrySchema).max(MAX_FRAMES),
  /** Lines without control sequences, each with the time at which it was there. */
  text: z
    .array(z.object({ time: microseconds, text: z.string().max(4096) }))
    .max(MAX_LINES),
});

/** The keyframes and the text of some chunks. @public */
export type SidecarPart = z.infer<typeof sidecarPartSchema>;

/** A sidecar or a part, and the bytes of its keyframes. @public */
export type WithKeyframes<T> = { content: T; keyframes: Uint8Array };

/** Bytes that are no sidecar: cut, corrupted or of another format. @public */
export class SidecarError extends Error {
  readonly name = 'SidecarError';
}

/** @throws {@link SidecarError} when it exceeds a limit of the format @public */
export function encodeSidecar(sidecar: WithKeyframes<Sidecar>): Uint8Array {
  return encode('sidecar', sidecar);
}

/** @throws {@link SidecarError} when the bytes are not one whole sidecar @public */
export function decodeSidecar(bytes: Uint8Array): WithKeyframes<Sidecar> {
  return decode('sidecar', sidecarSchema, bytes);
}

/** @throws {@link SidecarError} when it exceeds a limit of the format @public */
export function encodeSidecarPart(
  part: WithKeyframes<SidecarPart>,
): Uint8Array {
  return encode('part', part);
}

/** @throws {@link SidecarError} when the bytes are not one whole part @public */
export function decodeSidecarPart(
  bytes: Uint8Array,
): WithKeyframes<SidecarPart> {
  return decode('part', sidecarPartSchema, bytes);
}

/**
 * The keyframes of a part alone, without a look at its JSON.
 *
 * @throws {@link SidecarError} when the bytes are not one whole part
 * @public
 */
export function decodePartKeyframes(bytes: Uint8Array): Uint8Array {
  return split('part', bytes).keyframes;
}

/**
 * The encoded keyframe of an entry, a view.
 *
 * @throws {@link SidecarError} when it lies outside
 * @public
 */
export function keyframeAt(
  keyframes: Uint8Array,
  { offset, bytes }: { offset: number; bytes: number },
): Uint8Array {
  if (offset + bytes > keyframes.length) {
    throw new SidecarError('keyframe lies outside of its sidecar');
  }
  return keyframes.subarray(offset, offset + bytes);
}

function encode(
  kind: keyof typeof KINDS,
  { content, keyframes }: WithKeyframes<unknown>,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(content));
  requireLimits(json.length, keyframes.length);
  const bytes = new Uint8Array(
    SIDECAR_HEADER_BYTES + json.length + keyframes.length,
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes[4] = FORMAT_VERSION;
  bytes[5] = KINDS[kind];
  view.setUint32(8, json.length, true);
  view.setUint32(12, keyframes.length, true);
  bytes.set(json, SIDECAR_HEADER_BYTES);
  bytes.set(keyframes, SIDECAR_HEADER_BYTES + json.length);
  view.setUint32(CRC_OFFSET, checksum(bytes), true);
  return bytes;
}

/** The JSON and the keyframes, verified, as views. */
function split(
  kind: keyof typeof KINDS,
  bytes: Uint8Array,
): { json: Uint8Array; keyframes: Uint8Array } {
  if (bytes.length < SIDECAR_HEADER_BYTES) {
    throw new SidecarError('sidecar is cut');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== MAGIC) {
    throw new SidecarError('not a sidecar: wrong magic');
  }
  if (bytes[4] !== FORMAT_VERSION) {
    throw new SidecarError(`unknown sidecar version ${bytes[4]}`);
  }
  if (bytes[5] !== KINDS[kind]) {
    throw new SidecarError(`sidecar is not of kind ${kind}`);
  }
  const jsonBytes = view.getUint32(8, true);
  const keyframeBytes = view.getUint32(12, true);
  requireLimits(jsonBytes, keyframeBytes);
  const jsonEnd = SIDECAR_HEADER_BYTES + jsonBytes;
  if (bytes.length !== jsonEnd + keyframeBytes) {
    throw new SidecarError('sidecar is not as long as it says');
  }
  if (checksum(bytes) !== view.getUint32(CRC_OFFSET, true)) {
    throw new SidecarError('sidecar is corrupt');
  }
  return {
    json: bytes.subarray(SIDECAR_HEADER_BYTES, jsonEnd),
    keyframes: bytes.subarray(jsonEnd),
  };
}

function decode<T>(
  kind: keyof typeof KINDS,
  schema: z.ZodType<T>,
  bytes: Uint8Array,
): WithKeyframes<T> {
  const { json, keyframes } = split(kind, bytes);
  const result = schema.safeParse(parseJson(json));
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new SidecarError(
      `sidecar: ${path.map(String).join('.') || 'content'}: ${message}`,
    );
  }
  return { content: result.data, keyframes };
}

function parseJson(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new SidecarError('sidecar holds no JSON');
  }
}

function checksum(bytes: Uint8Array): number {
  return crc32(
    bytes.subarray(SIDECAR_HEADER_BYTES),
    crc32(bytes.subarray(0, CRC_OFFSET)),
  );
}

function requireLimits(jsonBytes: number, keyframeBytes: number): void {
  if (
    jsonBytes > MAX_SIDECAR_JSON_BYTES ||
    keyframeBytes > MAX_SIDECAR_KEYFRAME_BYTES
  ) {
    throw new SidecarError('sidecar exceeds its limit');
  }
}
