import { useApi } from '@backstage/core-plugin-api';
import type {
  MomentKeyframe,
  RecordingDetail,
} from 'backstage-plugin-kubernetes-audit-common';
import { useLayoutEffect, useMemo, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import {
  isSeeking,
  KeyframeIndex,
  limitSize,
  PlayerController,
  PlayerSnapshot,
  RecordingTape,
  RemoteKeyframes,
  Screen,
  startKeyframe,
  untilIdle,
} from '../../player';
import { durationOf } from './durationOf';

/** A page that is never idle goes on after so many milliseconds. */
const IDLE_WITHIN = 500;

/** A seek that takes longer is to be seen in the controls, in milliseconds. */
const SEEK_SHOWN_AFTER = 50;

/** Where a replay begins: at a moment, in microseconds, or with what a running session shows now. */
export type ReplayStart =
  | { kind: 'at'; time: number }
  | { kind: 'live'; isStill: boolean };

/** A keyframe and the time that it was asked for, in microseconds. */
export type KnownKeyframe = { time: number; keyframe: MomentKeyframe };

/**
 * The player of a recording on a screen, and what its controls show; both are
 * absent until the screen is there.
 *
 * @param options - `recording` and `start` as they were on opening
 */
export function usePlayerController(options: {
  recording: RecordingDetail;
  tape: RecordingTape;
  /** The keyframe that came with the recording, and for which time. */
  known: KnownKeyframe | undefined;
  screen: Screen | undefined;
  start: ReplayStart;
}): {
  keyframes: KeyframeIndex;
  player?: PlayerController;
  snapshot?: PlayerSnapshot;
} {
  const { recording, tape, known, screen, start } = options;
  const api = useApi(kubernetesAuditApiRef);
  const [player, setPlayer] = useState<PlayerController>();
  const [snapshot, setSnapshot] = useState<PlayerSnapshot>();

  const keyframes = useMemo(
    () =>
      RemoteKeyframes.create({
        start: startKeyframe(limitSize(recording.size)),
        load: async time => {
          const moment = await api.getRecordingMoment(recording.id, time);
          // What is played after the keyframe comes with it.
          tape.supply(moment.chunks);
          return moment.keyframe;
        },
        known,
        now: () => performance.now(),
      }),
    [api, recording, tape, known],
  );

  // As soon as there is a screen, without a paint between.
  useLayoutEffect(() => {
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
      whenIdle: callback => {
        untilIdle(IDLE_WITHIN).then(callback);
      },
    });
    // What the controls show is not to delay what the terminal shows: once a
    // frame, when the terminal has drawn in it, and of a seek mostly its end.
    let cancel: (() => void) | undefined;
    let isOfSeek = false;
    const show = () => {
      cancel = undefined;
      setSnapshot(controller.snapshot);
    };
    controller.subscribe(() => {
      const wasOfSeek = isOfSeek;
      isOfSeek = isSeeking(controller.snapshot.state);
      if (wasOfSeek && !isOfSeek) {
        cancel?.();
        cancel = undefined;
      }
      cancel ??= isOfSeek
        ? inTime(show, SEEK_SHOWN_AFTER)
        : afterNextFrame(show);
    });
    if (start.kind === 'at') {
      controller.seek(start.time);
    } else if (start.isStill) {
      controller.seek(durationOf(recording));
    } else {
      controller.follow();
    }
    setSnapshot(controller.snapshot);
    setPlayer(controller);
    return () => {
      cancel?.();
      controller.dispose();
      setPlayer(undefined);
    };
  }, [recording, tape, screen, keyframes, start]);

  return { keyframes, player, snapshot };
}

/** @returns what cancels it */
function inTime(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
}

/** @returns what cancels it */
function afterNextFrame(callback: () => void): () => void {
  let cancel = () => {};
  const frame = requestAnimationFrame(() => {
    cancel = inTime(callback, 0);
  });
  return () => {
    cancelAnimationFrame(frame);
    cancel();
  };
}
