import type { RecordingChunk } from 'backstage-plugin-kubernetes-audit-common';
import type { KeyframeIndex } from './keyframes';
import type { RecordingTape } from './RecordingTape';
import { AdvanceListener, ReplayCursor } from './ReplayCursor';
import { findRestorePoint } from './restorePoint';
import { unlessAborted } from './unlessAborted';

/**
 * Shows the screen of a moment, by the shortest way there is, unless it is
 * aborted.
 *
 * @param options - `target` in microseconds; `isReliable` tells whether the
 *   screen shows what the cursor says
 */
export async function rebuildScreen(options: {
  source: {
    chunks: readonly RecordingChunk[];
    tape: RecordingTape;
    keyframes: KeyframeIndex;
  };
  cursor: ReplayCursor;
  target: number;
  isReliable: boolean;
  signal: AbortSignal;
  listener: Omit<AdvanceListener, 'onProgress'>;
  /** How far it has come, from 0 to 1. */
  onProgress: (share: number) => void;
}): Promise<void> {
  const { source, cursor, target, isReliable, signal, listener } = options;
  const keyframe = await unlessAborted(
    findRestorePoint({
      ...source,
      target,
      shown: isReliable ? cursor.shown : undefined,
    }),
    signal,
  );
  if (signal.aborted) {
    return;
  }
  if (keyframe) {
    cursor.restore(keyframe);
  }
  const from = cursor.shown;
  await cursor.advance(target, signal, {
    ...listener,
    onProgress: () =>
      options.onProgress(
        target > from ? (cursor.shown - from) / (target - from) : 1,
      ),
  });
}
