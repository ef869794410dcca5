import { ftruncateSync, readFileSync } from 'node:fs';
import type { Segment } from './Segment';
import {
  decodeSpoolRecords,
  findSpoolRecord,
  sequenceOf,
} from './spoolRecordCodec';

/**
 * Cuts the segment that was written last behind its last whole record. A
 * damaged place before that stays: the reader goes round it, and its numbers
 * are not given again. One that holds only records from before its name is
 * empty.
 *
 * @returns the sequence of that record, or of the one before the segment
 */
export function mendSegment(segment: Segment, handle: number): number {
  const bytes = readFileSync(segment.file);
  let end = 0;
  let lastSequence = segment.firstSequence - 1;
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const { payloads, consumed } = decodeSpoolRecords(bytes.subarray(offset));
    const last = payloads.at(-1);
    if (last) {
      end = offset + consumed;
      lastSequence = Math.max(lastSequence, sequenceOf(last));
    }
    offset = findSpoolRecord(bytes, offset + consumed + 1);
  }
  if (lastSequence < segment.firstSequence) {
    // Emptied for another use, of which a power loss left the name alone.
    end = 0;
  }
  if (end < segment.bytes) {
    ftruncateSync(handle, end);
    segment.bytes = end;
  }
  return lastSequence;
}
