import { open } from 'node:fs/promises';
import type { Segment } from './Segment';
import {
  decodeSpoolRecords,
  findSpoolRecord,
  MAX_RECORD_BYTES,
  sequenceOf,
  spoolRecordBytes,
} from './spoolRecordCodec';

/** Bytes read from the disk at once; holds the largest record. */
const READ_BYTES = MAX_RECORD_BYTES + 64 * 1024;
const NEWLINE = Buffer.from('\n');

/** Records as the portal takes them. */
export type SpoolBatch = {
  /** NDJSON. */
  body: Buffer;
  firstSequence: number;
  lastSequence: number;
};

function startOf(segment: Segment) {
  return { segment, offset: 0, sequence: segment.firstSequence };
}

/** What is there of a segment from an offset on, {@link READ_BYTES} at the most. */
async function readAt(segment: Segment, offset: number): Promise<Buffer> {
  const length = Math.min(segment.bytes - offset, READ_BYTES);
  if (length <= 0) {
    return Buffer.alloc(0);
  }
  const handle = await open(segment.file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Reads records of the spool in order, and reads on behind a place where the disk is damaged. */
export class SegmentReader {
  readonly #segments: readonly Segment[];
  /** Where the next batch begins, kept so that it needs no search; the sequence there is this one or a higher one. */
  #position: { segment: Segment; offset: number; sequence: number };

  /** @param segments - the spool's own list: one at least, and growing and shrinking */
  static create(segments: readonly Segment[]): SegmentReader {
    return new SegmentReader(segments);
  }

  private constructor(segments: readonly Segment[]) {
    this.#segments = segments;
    this.#position = startOf(segments[0]);
  }

  /** Records from this sequence on, or from the next one that the disk still has. */
  async read(
    wanted: number,
    maxRecords: number,
  ): Promise<SpoolBatch | undefined> {
    if (
      this.#position.sequence > wanted ||
      !this.#segments.includes(this.#position.segment)
    ) {
      this.#rewind(wanted);
    }
    for (;;) {
      const { segment, offset } = this.#position;
      const bytes = await readAt(segment, offset);
      const skip = Math.max(0, wanted - this.#position.sequence);
      const { payloads } = decodeSpoolRecords(bytes, skip + maxRecords);
      const batch = this.#take(payloads, wanted, maxRecords);
      if (batch) {
        return batch;
      }
      if (payloads.length > 0) {
        continue;
      }
      const next = findSpoolRecord(bytes, 1);
      if (next !== undefined) {
        this.#position.offset += next;
      } else if (bytes.length === READ_BYTES) {
        // A record may begin in what was read and end behind it.
        this.#position.offset += READ_BYTES - MAX_RECORD_BYTES;
      } else if (!this.#advance(segment)) {
        return undefined;
      }
    }
  }

  /** Moves over the payloads, and makes a batch of those that are wanted. */
  #take(
    payloads: Buffer[],
    wanted: number,
    maxRecords: number,
  ): SpoolBatch | undefined {
    const lines: Buffer[] = [];
    let firstSequence = 0;
    for (const payload of payloads) {
      if (lines.length === 2 * maxRecords) {
        break;
      }
      const sequence = sequenceOf(payload);
      this.#position.offset += spoolRecordBytes(payload);
      this.#position.sequence = sequence + 1;
      if (sequence >= wanted) {
        firstSequence ||= sequence;
        lines.push(payload, NEWLINE);
      }
    }
    return lines.length === 0
      ? undefined
      : {
          body: Buffer.concat(lines),
          firstSequence,
          lastSequence: this.#position.sequence - 1,
        };
  }

  /** @returns false when this is the last segment: then nothing more is written yet */
  #advance(segment: Segment): boolean {
    const next = this.#segments[this.#segments.indexOf(segment) + 1];
    if (next) {
      this.#position = startOf(next);
    }
    return next !== undefined;
  }

  #rewind(wanted: number): void {
    const segment =
      this.#segments.findLast(item => item.firstSequence <= wanted) ??
      this.#segments[0];
    this.#position = startOf(segment);
  }
}
