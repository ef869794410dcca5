import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';
import {
  limitSize,
  PlayerController,
  PlayerSnapshot,
  RecordingTape,
  Screen,
  startOnly,
} from '../../player';

const MICROSECONDS_PER_MILLISECOND = 1000;

/** Microseconds that a recording lasts, as far as it has been delivered. */
export function durationOf(recording: RecordingDetail): number {
  return Math.max(
    (recording.durationMs ?? 0) * MICROSECONDS_PER_MILLISECOND,
    recording.chunks[recording.chunks.length - 1]?.lastTime ?? 0,
  );
}

/**
 * The player of a recording on a screen, and what its controls show; both are
 * absent until the screen is there.
 *
 * @param startAt - microseconds since the recording's start
 */
export function usePlayerController(options: {
  recording: RecordingDetail;
  tape: RecordingTape;
  screen: Screen | undefined;
  startAt: number;
}): { player?: PlayerController; snapshot?: PlayerSnapshot } {
  const { recording, tape, screen, startAt } = options;
  const [player, setPlayer] = useState<PlayerController>();
  const [snapshot, setSnapshot] = useState<PlayerSnapshot>();

  useEffect(() => {
    if (!screen) {
      return undefined;
    }
    const controller = PlayerController.create({
      chunks: recording.chunks,
      duration: durationOf(recording),
      tape,
      screen,
      keyframes: startOnly(limitSize(recording.size)),
      now: () => performance.now(),
      schedule: callback => {
        const frame = requestAnimationFrame(callback);
        return () => cancelAnimationFrame(frame);
      },
    });
    controller.subscribe(() => setSnapshot(controller.snapshot));
    setPlayer(controller);
    controller.seek(startAt);
    return () => {
      controller.dispose();
      setPlayer(undefined);
    };
  }, [recording, tape, screen, startAt]);

  return { player, snapshot };
}
