import { useApi } from '@backstage/core-plugin-api';
import type { RecordingText } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';

/** Matches that are listed at the most. */
export const MAX_MATCHES = 500;
/** How often it is searched anew while the portal has not looked through all of the recording, in milliseconds. */
const POLL_INTERVAL = 5000;

/** What a search has found. */
export type Found =
  | { kind: 'nothingAsked' }
  | { kind: 'found'; search: string; text: RecordingText }
  | { kind: 'notIndexed' }
  | { kind: 'failed'; message: string };

/** The lines of a recording with a text in them, and those that the portal finds later. */
export function useRecordingSearch(recordingId: string, search: string): Found {
  const api = useApi(kubernetesAuditApiRef);
  const [found, setFound] = useState<Found>({ kind: 'nothingAsked' });

  useEffect(() => {
    if (!search) {
      setFound({ kind: 'nothingAsked' });
      return undefined;
    }
    const abort = new AbortController();
    const { signal } = abort;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      const result = await api
        .getRecordingText(
          recordingId,
          { search, limit: MAX_MATCHES },
          { signal },
        )
        .then(
          (text): Found => ({ kind: 'found', search, text }),
          (error): Found => {
            const { kind, message } = failureOf(error);
            return kind === 'notFound'
              ? { kind: 'notIndexed' }
              : { kind: 'failed', message };
          },
        );
      if (signal.aborted) {
        return;
      }
      setFound(result);
      if (mayFindMore(result)) {
        timer = setTimeout(ask, POLL_INTERVAL);
      }
    };
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api, recordingId, search]);

  return found;
}

/** Whether the portal may still come to more matches than it has told of. */
function mayFindMore(found: Found): boolean {
  return (
    found.kind === 'notIndexed' ||
    (found.kind === 'found' &&
      found.text.nextCursor !== undefined &&
      found.text.items.length < MAX_MATCHES)
  );
}
