import {
  decodeFrames,
  decodeRecordingEvents,
  encodeFrame,
  Frame,
  FrameError,
  MomentChunkPart,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** What is left out must be at least so much, in bytes: a whole chunk is worth more to a player. */
const MIN_SAVED_BYTES = 16 * 1024;

/** Some frames of a chunk, as they were or cut. */
export type ChunkSlice = { bytes: Uint8Array; part?: MomentChunkPart };

/**
 * What of a chunk shows a moment: its events from one on up to a time, in
 * microseconds. A chunk that was damaged stays whole, so that its reader sees
 * what is missing; so does one of which little would be left out.
 *
 * @param chunk - its frames without compression
 */
export function sliceChunk(
  chunk: Uint8Array,
  from: number,
  time: number,
): ChunkSlice {
  const frames = readFrames(chunk);
  if (!frames) {
    return { bytes: chunk };
  }
  const slices: Uint8Array[] = [];
  let first = 0;
  let isCut = false;
  for (const { frame, events } of frames) {
    const start = Math.min(Math.max(from - first, 0), events.length);
    const later = events.findIndex(
      (event, i) => i >= start && event.time > time,
    );
    isCut = later >= 0;
    const end = isCut ? later : events.length;
    if (end > start) {
      slices.push(cutFrame(frame, events, start, end));
    }
    if (isCut) {
      break;
    }
    first += events.length;
  }
  const bytes = Buffer.concat(slices);
  return chunk.length - bytes.length < MIN_SAVED_BYTES
    ? { bytes: chunk }
    : { bytes, part: { event: from, ...(isCut && { until: time }) } };
}

function readFrames(
  chunk: Uint8Array,
): { frame: Frame; events: RecordingEvent[] }[] | undefined {
  try {
    return decodeFrames(chunk).map(frame => ({
      frame,
      events: decodeRecordingEvents(frame.body, frame.header.firstTime),
    }));
  } catch (error) {
    if (error instanceof FrameError) {
      return undefined;
    }
    throw error;
  }
}

/** A frame of some of the events of another, which are copied as they are. */
function cutFrame(
  { header, body }: Frame,
  events: readonly RecordingEvent[],
  start: number,
  end: number,
): Uint8Array {
  if (start === 0 && end === events.length) {
    return encodeFrame(body, header);
  }
  // An event begins where the one before it ends, and its time counts from that one's.
  const before = events[start - 1];
  const cut = body.subarray(
    before ? endOf(before, body) : 0,
    endOf(events[end - 1], body),
  );
  return encodeFrame(cut, {
    ...header,
    uncompressedBytes: cut.length,
    eventCount: end - start,
    firstTime: before ? before.time : header.firstTime,
    lastTime: events[end - 1].time,
  });
}

/** Where in the body that it is a part of an event ends. */
function endOf({ data }: RecordingEvent, body: Uint8Array): number {
  return data.byteOffset + data.length - body.byteOffset;
}
