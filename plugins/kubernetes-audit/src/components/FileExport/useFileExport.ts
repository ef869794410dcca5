import { useCallback, useRef, useState } from 'react';
import { DownloadedFile, failureOf, FileOptions } from '../../api';
import { saveFile } from './saveFile';

/** How a file is to be: with a password it is encrypted. */
export type FileChoice<TFormat extends string> = {
  format: TFormat;
  password?: string;
};

/** How an export stands. */
export type FileExportState =
  | { kind: 'idle' }
  /** `received` in bytes. */
  | { kind: 'running'; received: number }
  | { kind: 'failed'; message: string }
  | { kind: 'saved'; fileName: string }
  /** The viewer chooses; `error` is what the portal said to the last choice. */
  | { kind: 'asking'; error?: string }
  /** What was chosen is on its way, the choice still to be seen. */
  | { kind: 'exporting'; received: number };

/**
 * Saves something as a file: plain, or protected by a password.
 *
 * @param fetchFile - gets the file from the portal
 */
export function useFileExport<TFormat extends string>(
  fetchFile: (
    choice: FileChoice<TFormat>,
    options: FileOptions,
  ) => Promise<DownloadedFile>,
) {
  const [state, setState] = useState<FileExportState>({ kind: 'idle' });
  /** A file that was given up must not be saved. */
  const latest = useRef<AbortController>();

  const save = async (choice: FileChoice<TFormat>) => {
    const isAsked = state.kind === 'asking';
    const onTheWay = (received: number) =>
      setState({ kind: isAsked ? 'exporting' : 'running', received });
    latest.current?.abort();
    const abort = new AbortController();
    latest.current = abort;
    const { signal } = abort;
    onTheWay(0);
    try {
      const file = await fetchFile(choice, {
        signal,
        onProgress: received => !signal.aborted && onTheWay(received),
      });
      if (!signal.aborted) {
        saveFile(file);
        setState({ kind: 'saved', fileName: file.fileName });
      }
    } catch (error) {
      if (!signal.aborted) {
        const { message } = failureOf(
          error instanceof Error ? error : new Error(String(error)),
        );
        setState(
          isAsked
            ? { kind: 'asking', error: message }
            : { kind: 'failed', message },
        );
      }
    }
  };

  /** Gives up what is asked or on its way, and forgets how it ended. */
  const cancel = useCallback(() => {
    latest.current?.abort();
    setState({ kind: 'idle' });
  }, []);

  return { state, open: () => setState({ kind: 'asking' }), save, cancel };
}
