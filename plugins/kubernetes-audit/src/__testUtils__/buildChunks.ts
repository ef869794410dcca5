import {
  encodeFrame,
  encodeRecordingEvent,
  RecordingChunk,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';

/** An event for {@link buildFrame}: seconds, type, text. */
export type EventSketch = [
  seconds: number,
  type: RecordingEvent['type'],
  text: string,
];

const MICROSECONDS = 1_000_000;

/** One uncompressed frame that holds the events. */
export function buildFrame(
  sketches: EventSketch[],
  sequence: number = 0,
): Uint8Array {
  const events = sketches.map(([seconds, type, text]) => ({
    type,
    time: seconds * MICROSECONDS,
    data: new TextEncoder().encode(text),
  }));
  const firstTime = events[0].time;
  const lastTime = events[events.length - 1].time;
  let previous = firstTime;
  const body = joinBytes(
    events.map(event => {
      const encoded = encodeRecordingEvent(event, previous);
      previous = event.time;
      return encoded;
    }),
  );
  return encodeFrame(body, {
    compression: 'none',
    last: false,
    sequence,
    uncompressedBytes: body.length,
    eventCount: events.length,
    firstTime,
    lastTime,
  });
}

/** A recording of one frame per chunk, with the table of its chunks. */
export function buildChunks(sketches: EventSketch[][]): {
  chunks: Uint8Array[];
  table: RecordingChunk[];
} {
  const chunks = sketches.map(buildFrame);
  const table = sketches.map((events, index) => ({
    index,
    firstTime: events[0][0] * MICROSECONDS,
    lastTime: events[events.length - 1][0] * MICROSECONDS,
    sizeBytes: chunks[index].length,
  }));
  return { chunks, table };
}

/** The parts one after the other. */
export function joinBytes(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]));
}
