import { useApi } from '@backstage/core-plugin-api';
import type { RecordingTimeline } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';

/** How often a timeline is asked for that is not complete yet, in milliseconds. */
const POLL_INTERVAL = 5000;

/**
 * What the portal knows of the recording beside its frames. Absent until the
 * portal has looked through it: the player works without. Asked for once it is
 * wanted.
 */
export function useRecordingTimeline(
  recordingId: string,
  isWanted: boolean,
): RecordingTimeline | undefined {
  const api = useApi(kubernetesAuditApiRef);
  const [timeline, setTimeline] = useState<RecordingTimeline>();

  useEffect(() => {
    if (!isWanted) {
      return undefined;
    }
    const abort = new AbortController();
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      const latest = await api
        .getRecordingTimeline(recordingId, { signal })
        .catch(() => undefined);
      if (signal.aborted) {
        return;
      }
      if (latest) {
        setTimeline(latest);
      }
      if (!latest?.isComplete && !latest?.failure) {
        timer = setTimeout(ask, POLL_INTERVAL);
      }
    };
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, recordingId, isWanted]);

  return timeline;
}
