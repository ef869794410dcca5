import type { RecordingEvent } from 'backstage-plugin-kubernetes-audit-common';
import { readSoundFrames } from './indexing';
import type { StoredChunk } from './RecordingStore';

const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * The events of each frame of a stored chunk. In place of what was damaged
 * since it came stands a marker that says so.
 */
export async function* readSoundEvents(
  chunk: Uint8Array,
): AsyncGenerator<RecordingEvent[]> {
  const frames = readSoundFrames(chunk);
  let lastTime = 0;
  let end = 0;
  let next = await frames.next();
  for (; !next.done; next = await frames.next()) {
    const { header, offset, bytes, events } = next.value;
    yield events ?? [missing(header.firstTime, bytes)];
    lastTime = header.lastTime;
    end = offset + bytes;
  }
  if (next.value > 0) {
    yield [missing(lastTime, chunk.length - end)];
  }
}

/** What stands in place of a chunk that is gone: a marker that says so. */
export function lostEvents({
  firstTime,
  lastTime,
}: Pick<StoredChunk, 'firstTime' | 'lastTime'>): RecordingEvent[] {
  const [from, to] = [firstTime, lastTime].map(time =>
    (time / MICROSECONDS_PER_SECOND).toFixed(1),
  );
  return [
    {
      type: 'marker',
      time: firstTime,
      data: Buffer.from(`the recording is lost from ${from} s to ${to} s`),
    },
  ];
}

function missing(time: number, bytes: number): RecordingEvent {
  return {
    type: 'marker',
    time,
    data: Buffer.from(`${bytes} damaged bytes of the recording are left out`),
  };
}
