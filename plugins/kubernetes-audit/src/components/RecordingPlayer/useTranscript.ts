import { useApi } from '@backstage/core-plugin-api';
import { useCallback, useEffect, useState } from 'react';
import { Failure, failureOf, kubernetesAuditApiRef } from '../../api';

/** Lines that are asked for at once. */
const PAGE_SIZE = 500;
/** How often text is asked for that the portal has not looked through yet, in milliseconds. */
const POLL_INTERVAL = 5000;

type Line = { time: number; text: string };

/**
 * The lines of a recording's text, page after page; while the portal has not
 * looked through all of it, also what is added.
 */
export function useTranscript(recordingId: string) {
  const api = useApi(kubernetesAuditApiRef);
  const [lines, setLines] = useState<readonly Line[]>([]);
  /** The page that is asked for; a new one each time. */
  const [page, setPage] = useState<{ cursor?: string }>({});
  const [next, setNext] = useState<{ cursor?: string; isThere: boolean }>({
    isThere: false,
  });
  const [problem, setProblem] = useState<Failure>();
  const [isLoading, setIsLoading] = useState(true);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setIsLoading(true);
    api
      .getRecordingText(
        recordingId,
        { cursor: page.cursor, limit: PAGE_SIZE },
        { signal },
      )
      .then(
        ({ items, nextCursor }) => {
          if (!signal.aborted) {
            setLines(known => [...known, ...items]);
            setNext({
              cursor: nextCursor,
              isThere: nextCursor !== undefined && items.length === PAGE_SIZE,
            });
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

  const more = useCallback(
    () => setPage({ cursor: next.cursor }),
    [next.cursor],
  );

  const mayCome = problem
    ? problem.kind !== 'denied'
    : next.cursor !== undefined && !next.isThere;
  const isAwaited = mayCome && !isLoading;
  useEffect(() => {
    if (!isAwaited) {
      return undefined;
    }
    const timer = setTimeout(more, POLL_INTERVAL);
    return () => clearTimeout(timer);
  }, [isAwaited, more]);

  return { lines, hasMore: next.isThere, problem, isLoading, more };
}
