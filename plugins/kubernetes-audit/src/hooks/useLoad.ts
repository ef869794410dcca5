import { useCallback, useEffect, useState } from 'react';

/** What a load has come to. */
export type Loaded<T> = {
  /** The latest value; it stays while the next one is on its way. */
  value?: T;
  error?: Error;
  isLoading: boolean;
  reload: () => void;
};

/**
 * Loads on mount, when `load` changes, and on `reload`; what a newer load
 * replaces is aborted.
 *
 * @param load - memoized by the caller
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{
    value?: T;
    error?: Error;
    isLoading: boolean;
  }>({ isLoading: true });

  useEffect(() => {
    const abort = new AbortController();
    setState(({ value }) => ({ value, isLoading: true }));
    load(abort.signal).then(
      value => {
        if (!abort.signal.aborted) {
          setState({ value, isLoading: false });
        }
      },
      error => {
        if (!abort.signal.aborted) {
          setState({ error, isLoading: false });
        }
      },
    );
    return () => abort.abort();
  }, [load, attempt]);

  const reload = useCallback(() => setAttempt(count => count + 1), []);
  return { ...state, reload };
}
