import { useApi } from '@backstage/core-plugin-api';
import { useCallback, useEffect, useState } from 'react';
import { Failure, failureOf, kubernetesAuditApiRef } from '../../api';

/** Lines that are asked for at once. */
const PAGE_SIZE = 500;
/** How often the text of a running session is asked for, in milliseconds. */
const POLL_INTERVAL = 5000;

type Line = { time: number; text: string };

/** The lines of a recording's text, page after page; of a running session also what is added. */
export function useTranscript(recordingId: string, isLive: boolean) {
  const api = useApi(kubernetesAuditApiRef);
  const [lines, setLines] = useState<readonly Line[]>([]);
  /** After which time the page begins that is asked for; a new one each time. */
  const [page, setPage] = useState<{ after?: number }>({});
  const [hasMore, setHasMore] = useState(false);
  const [problem, setProblem] = useState<Failure>();
  const [isLoading, setIsLoading] = useState(true);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setIsLoading(true);
    api
      .getRecordingText(
        recordingId,
        { after: page.after, limit: PAGE_SIZE },
        { signal },
      )
      .then(
        ({ items, isTruncated }) => {
          if (!signal.aborted) {
            setLines(known => [...known, ...items]);
            setHasMore(isTruncated && items.length === PAGE_SIZE);
            setProblem(undefined);
            setIsLoading(false);
          }
        },
        error => {
          if (!signal.aborted) {
            setProblem(failureOf(error));
            setIsLoading(false);
          }
        },
      );
    return () => abort.abort();
  }, [api, recordingId, page]);

  const last = lines[lines.length - 1]?.time;
  const more = useCallback(() => setPage({ after: last }), [last]);

  const isAwaited = isLive && !hasMore && !isLoading;
  useEffect(() => {
    if (!isAwaited) {
      return undefined;
    }
    const timer = setTimeout(more, POLL_INTERVAL);
    return () => clearTimeout(timer);
  }, [isAwaited, more]);

  return { lines, hasMore, problem, isLoading, more };
}
