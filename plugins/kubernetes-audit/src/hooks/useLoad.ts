import { useCallback, useEffect, useState } from 'react';

/** What a load has come to. */
export type Loaded<T> = {
  /**
   * The latest value. It stays while the next one is on its way, and when
   * loading the same anew has failed.
   */
  value?: T;
  /** When the value was loaded. */
  loadedAt?: Date;
  /** Why the latest load failed. */
  error?: Error;
  isLoading: boolean;
  reload: () => void;
};

type State<T> = Omit<Loaded<T>, 'reload'> & {
  /** What the value was loaded by. */
  loadedBy?: unknown;
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
  const [state, setState] = useState<State<T>>({ isLoading: true });

  useEffect(() => {
    const abort = new AbortController();
    setState(previous => ({ ...previous, error: undefined, isLoading: true }));
    load(abort.signal).then(
      value => {
        if (!abort.signal.aborted) {
          setState({
            value,
            loadedAt: new Date(),
            loadedBy: load,
            isLoading: false,
          });
        }
      },
      error => {
        if (!abort.signal.aborted) {
          setState(previous => ({
            ...(previous.loadedBy === load && previous),
            error,
            isLoading: false,
          }));
        }
      },
    );
    return () => abort.abort();
  }, [load, attempt]);

  const reload = useCallback(() => setAttempt(count => count + 1), []);
  const { value, loadedAt, error, isLoading } = state;
  return { value, loadedAt, error, isLoading, reload };
}
