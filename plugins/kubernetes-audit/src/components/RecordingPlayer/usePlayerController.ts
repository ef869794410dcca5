import { useApi } from '@backstage/core-plugin-api';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useMemo, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import {
  KeyframeIndex,
  limitSize,
  PlayerController,
  PlayerSnapshot,
  RecordingTape,
  RemoteKeyframes,
  Screen,
  startKeyframe,
} from '../../player';
import { durationOf } from './durationOf';

/** Where a replay begins: at a moment, in microseconds, or with what a running session shows now. */
export type ReplayStart =
  | { kind: 'at'; time: number }
  | { kind: 'live'; isStill: boolean };

/**
 * The player of a recording on a screen, and what its controls show; both are
 * absent until the screen is there.
 *
 * @param options - `recording` and `start` as they were on opening
 */
export function usePlayerController(options: {
  recording: RecordingDetail;
  tape: RecordingTape;
  screen: Screen | undefined;
  start: ReplayStart;
}): {
  keyframes: KeyframeIndex;
  player?: PlayerController;
  snapshot?: PlayerSnapshot;
} {
  const { recording, tape, screen, start } = options;
  const api = useApi(kubernetesAuditApiRef);
  const [player, setPlayer] = useState<PlayerController>();
  const [snapshot, setSnapshot] = useState<PlayerSnapshot>();

  const keyframes = useMemo(
    () =>
      RemoteKeyframes.create({
        start: startKeyframe(limitSize(recording.size)),
        load: time => api.getRecordingKeyframe(recording.id, time),
        now: () => performance.now(),
      }),
    [api, recording],
  );

  useEffect(() => {
    if (!screen) {
      return undefined;
    }
    const controller = PlayerController.create({
      chunks: recording.chunks,
      duration: durationOf(recording),
      isLive: recording.status === 'recording',
      tape,
      screen,
      keyframes,
      now: () => performance.now(),
      schedule: callback => {
        const frame = requestAnimationFrame(callback);
        return () => cancelAnimationFrame(frame);
      },
    });
    controller.subscribe(() => setSnapshot(controller.snapshot));
    setPlayer(controller);
    if (start.kind === 'at') {
      controller.seek(start.time);
    } else if (start.isStill) {
      controller.seek(durationOf(recording));
    } else {
      controller.follow();
    }
    return () => {
      controller.dispose();
      setPlayer(undefined);
    };
  }, [recording, tape, screen, keyframes, start]);

  return { keyframes, player, snapshot };
}
