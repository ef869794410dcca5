import { useApi } from '@backstage/core-plugin-api';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useState } from 'react';
import { isLostForGood, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { RecordingTape } from '../../player';
import type { KnownKeyframe } from './usePlayerController';

/** How often a running session is asked for that has shown nothing yet, in milliseconds. */
const POLL_INTERVAL = 2000;

/** What has become of opening a recording. */
export type OpenedRecording =
  | { kind: 'tooLarge'; recording: RecordingDetail; maxPlaybackSize: number }
  | { kind: 'empty'; recording: RecordingDetail }
  | {
      kind: 'playable';
      recording: RecordingDetail;
      tape: RecordingTape;
      known: KnownKeyframe | undefined;
    };

/**
 * Opens a recording as far as a moment, in microseconds, can be shown: the
 * first frame must not wait for the rest. `progress` goes from 0 to 1.
 */
export function useRecordingPlayback(recordingId: string, startAt: number) {
  const api = useApi(kubernetesAuditApiRef);
  const [progress, setProgress] = useState(0);
  // A later change of the link's time opens nothing anew.
  const [time] = useState(Math.floor(startAt));

  const loaded = useLoad(
    useCallback(
      async (signal: AbortSignal): Promise<OpenedRecording> => {
        setProgress(0);
        const { recording, moment } = await api.openRecording(
          recordingId,
          time,
          { signal, onProgress: setProgress },
        );
        const { chunks, maxPlaybackSize, sizeBytes } = recording;
        if (maxPlaybackSize !== undefined && sizeBytes > maxPlaybackSize) {
          return { kind: 'tooLarge', recording, maxPlaybackSize };
        }
        if (chunks.length === 0) {
          return { kind: 'empty', recording };
        }
        const tape = RecordingTape.create({
          load: (index, tapeSignal) =>
            api.getRecordingChunk(recordingId, index, { signal: tapeSignal }),
          isLost: isLostForGood,
        });
        tape.supply(moment.chunks);
        const { keyframe } = moment;
        return {
          kind: 'playable',
          recording,
          tape,
          known: keyframe && { time, keyframe },
        };
      },
      [api, recordingId, time],
    ),
  );

  const { value, reload } = loaded;
  const isAwaited =
    value?.kind === 'empty' && value.recording.status === 'recording';
  useEffect(() => {
    if (!isAwaited) {
      return undefined;
    }
    const timer = setTimeout(reload, POLL_INTERVAL);
    return () => clearTimeout(timer);
    // Each answer brings another value, after which it is asked again.
  }, [isAwaited, value, reload]);

  const tape = value?.kind === 'playable' ? value.tape : undefined;
  useEffect(() => () => tape?.dispose(), [tape]);

  return { ...loaded, progress };
}
