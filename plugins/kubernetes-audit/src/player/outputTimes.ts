import type {
  RecordingChunk,
  RecordingEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { RecordingTape } from './RecordingTape';

/** A recording whose events can be fetched. */
type Source = { chunks: readonly RecordingChunk[]; tape: RecordingTape };

/** The moment that a step forward or back from the position shows; nothing where there is none. */
export async function stepTime(
  source: Source,
  position: number,
  direction: 1 | -1,
): Promise<number | undefined> {
  if (direction > 0) {
    return nextOutputTime(source, position);
  }
  const last = await previousOutputTime(source, position + 1);
  return last === undefined
    ? undefined
    : (await previousOutputTime(source, last)) ?? 0;
}

/** When the screen changes next after the time, in microseconds. */
async function nextOutputTime(
  { chunks, tape }: Source,
  after: number,
): Promise<number | undefined> {
  for (const { index, lastTime } of chunks) {
    if (lastTime > after) {
      const { events } = await tape.get(index);
      const next = events.find(event => isShown(event) && event.time > after);
      if (next) {
        return next.time;
      }
    }
  }
  return undefined;
}

/** When the screen changed last before the time, in microseconds. */
async function previousOutputTime(
  { chunks, tape }: Source,
  before: number,
): Promise<number | undefined> {
  for (const { index, firstTime } of [...chunks].reverse()) {
    if (firstTime < before) {
      const { events } = await tape.get(index);
      for (let i = events.length - 1; i >= 0; i--) {
        if (isShown(events[i]) && events[i].time < before) {
          return events[i].time;
        }
      }
    }
  }
  return undefined;
}

function isShown({ type }: RecordingEvent): boolean {
  return type === 'output' || type === 'error' || type === 'resize';
}
