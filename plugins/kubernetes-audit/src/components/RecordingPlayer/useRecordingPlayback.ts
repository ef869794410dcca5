import { useApi } from '@backstage/core-plugin-api';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { RecordingTape } from '../../player';

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
        const first = await api.getRecordingChunk(
          recordingId,
          chunks[0].index,
          {
            signal,
            onProgress: bytes =>
              setProgress(Math.min(bytes / (chunks[0].sizeBytes || 1), 1)),
          },
        );
        const tape = RecordingTape.create({
          load: (index, tapeSignal) =>
            api.getRecordingChunk(recordingId, chunks[index].index, {
              signal: tapeSignal,
            }),
          first,
        });
        return { kind: 'playable', recording, tape };
      },
      [api, recordingId],
    ),
  );

  return { ...loaded, progress };
}
