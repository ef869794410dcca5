import { useApi } from '@backstage/core-plugin-api';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useState } from 'react';
import { isLostForGood, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { RecordingTape } from '../../player';

/** How often a running session is asked for that has shown nothing yet, in milliseconds. */
const POLL_INTERVAL = 2000;

/** What has become of opening a recording. */
export type OpenedRecording =
  | { kind: 'tooLarge'; recording: RecordingDetail; maxPlaybackSize: number }
  | { kind: 'empty'; recording: RecordingDetail }
  | { kind: 'playable'; recording: RecordingDetail; tape: RecordingTape };

/**
 * Opens a recording as far as its first chunk: the first frame must not wait
 * for the rest. `progress` goes from 0 to 1.
 */
export function useRecordingPlayback(recordingId: string) {
  const api = useApi(kubernetesAuditApiRef);
  const [progress, setProgress] = useState(0);

  const loaded = useLoad(
    useCallback(
      async (signal: AbortSignal): Promise<OpenedRecording> => {
        setProgress(0);
        const recording = await api.getRecording(recordingId, { signal });
        const { chunks, maxPlaybackSize, sizeBytes } = recording;
        if (maxPlaybackSize !== undefined && sizeBytes > maxPlaybackSize) {
          return { kind: 'tooLarge', recording, maxPlaybackSize };
        }
        if (chunks.length === 0) {
          return { kind: 'empty', recording };
        }
        const first = await api
          .getRecordingChunk(recordingId, chunks[0].index, {
            signal,
            onProgress: bytes =>
              setProgress(Math.min(bytes / (chunks[0].sizeBytes || 1), 1)),
          })
          // Of a lost chunk the player says what is missing.
          .catch(error => {
            if (isLostForGood(error)) {
              return undefined;
            }
            throw error;
          });
        const tape = RecordingTape.create({
          load: (index, tapeSignal) =>
            api.getRecordingChunk(recordingId, index, { signal: tapeSignal }),
          first,
          isLost: isLostForGood,
        });
        return { kind: 'playable', recording, tape };
      },
      [api, recordingId],
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
