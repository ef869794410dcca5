import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { Keyframe, KeyframeIndex } from './keyframes';
import type { RecordingTape } from './RecordingTape';
import { replayCost } from './replayCost';

/** A seek forward that costs more looks for a keyframe: {@link replayCost}. */
const MAX_REPLAY_COST = 256 * 1024;
/** A seek back that costs no more from the start needs no keyframe. */
const MAX_REPLAY_COST_FROM_START = 128 * 1024;

/**
 * From where the screen of a moment is to be rebuilt; nothing when it is
 * reached from what the screen shows.
 *
 * @param options - `target` in microseconds; `shown` too, absent when what is
 *   on the screen cannot be relied on
 */
export async function findRestorePoint(options: {
  target: number;
  shown: number | undefined;
  chunks: readonly RecordingChunk[];
  tape: RecordingTape;
  keyframes: KeyframeIndex;
}): Promise<Keyframe | undefined> {
  const { target, shown, chunks, tape, keyframes } = options;
  const cost = (from: number) => replayCost(chunks, tape, from, target);
  const isForward = shown !== undefined && target >= shown;
  if (isForward && cost(shown) <= MAX_REPLAY_COST) {
    return undefined;
  }
  if (!isForward && cost(0) <= MAX_REPLAY_COST_FROM_START) {
    return keyframes.start;
  }
  const keyframe = await keyframes.before(target);
  return isForward && keyframe.time <= shown ? undefined : keyframe;
}
