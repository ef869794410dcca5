import { useApi } from '@backstage/core-plugin-api';
import { useState } from 'react';
import { DownloadedFile, failureOf, kubernetesAuditApiRef } from '../../api';
import { saveFile } from './saveFile';

/** How a download stands. */
export type DownloadState =
  | { kind: 'idle' }
  | { kind: 'running' }
  /** The portal allows encrypted files only. */
  | { kind: 'needsPassword'; error?: string }
  | { kind: 'failed'; message: string };

/** The word by which the portal's refusal names the route to use instead. */
const EXPORT_ROUTE = /\bexport\b/;

/** Saves a recording as a file: plain, or protected where that is required. */
export function useDownload(recordingId: string) {
  const api = useApi(kubernetesAuditApiRef);
  const [state, setState] = useState<DownloadState>({ kind: 'idle' });

  const save = async (
    file: Promise<DownloadedFile>,
    onError: (error: Error) => DownloadState,
  ) => {
    setState({ kind: 'running' });
    try {
      saveFile(await file);
      setState({ kind: 'idle' });
    } catch (error) {
      setState(
        onError(error instanceof Error ? error : new Error(String(error))),
      );
    }
  };

  return {
    state,
    download: () =>
      save(api.downloadRecording(recordingId, 'v2'), error => {
        const { kind, message } = failureOf(error);
        return kind === 'denied' && EXPORT_ROUTE.test(message)
          ? { kind: 'needsPassword' }
          : { kind: 'failed', message };
      }),
    exportWith: (password: string) =>
      save(
        api.exportRecording(recordingId, { password, format: 'v2' }),
        error => ({ kind: 'needsPassword', error: failureOf(error).message }),
      ),
    cancel: () => setState({ kind: 'idle' }),
  };
}
