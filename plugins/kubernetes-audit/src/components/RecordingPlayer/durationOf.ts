import type {
  Recording,
  RecordingDetail,
} from 'backstage-plugin-kubernetes-audit-common';

const MICROSECONDS_PER_MILLISECOND = 1000;

/** Microseconds that a recording lasts, as far as it has been delivered. */
export function durationOf(
  recording: Pick<Recording, 'durationMs'> & Pick<RecordingDetail, 'chunks'>,
): number {
  return Math.max(
    (recording.durationMs ?? 0) * MICROSECONDS_PER_MILLISECOND,
    recording.chunks[recording.chunks.length - 1]?.lastTime ?? 0,
  );
}
