import { useApi } from '@backstage/core-plugin-api';
import type { RecordingDetail } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';
import { kubernetesAuditApiRef } from '../../api';

/** How often a running session is asked for, in milliseconds: what it shows is to be seen within 5 s. */
const POLL_INTERVAL = 2000;

/** The recording as it is now, asked for again and again while its session runs. */
export function useLatestRecording(opened: RecordingDetail): {
  recording: RecordingDetail;
  /** Whether the latest question was not answered. */
  isOutOfReach: boolean;
} {
  const api = useApi(kubernetesAuditApiRef);
  const [recording, setRecording] = useState(opened);
  const [isOutOfReach, setIsOutOfReach] = useState(false);
  const { id } = opened;
  const isLive = recording.status === 'recording';

  useEffect(() => {
    if (!isLive) {
      return undefined;
    }
    const abort = new AbortController();
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        const latest = await api.getRecording(id, { signal, follow: true });
        if (!signal.aborted) {
          setRecording(latest);
          setIsOutOfReach(false);
        }
      } catch {
        // What is here plays on; the next answer brings the rest.
        if (!signal.aborted) {
          setIsOutOfReach(true);
        }
      }
      if (!signal.aborted) {
        timer = setTimeout(ask, POLL_INTERVAL);
      }
    };
    timer = setTimeout(ask, POLL_INTERVAL);
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, id, isLive]);

  return { recording, isOutOfReach };
}
