import { useApi } from '@backstage/core-plugin-api';
import { useRef, useState } from 'react';
import { DownloadFormat, failureOf, kubernetesAuditApiRef } from '../../api';
import { saveFile } from './saveFile';

/** How a file is to be: with a password it is encrypted. */
export type FileChoice = { format: DownloadFormat; password?: string };

/** How a download stands. */
export type DownloadState =
  | { kind: 'idle' }
  | { kind: 'running' }
  | { kind: 'failed'; message: string }
  /** The viewer chooses; `error` is what the portal said to the last choice. */
  | { kind: 'asking'; error?: string }
  /** What was chosen is on its way, the choice still to be seen. */
  | { kind: 'exporting' };

/** Saves a recording as a file: plain, or protected by a password. */
export function useDownload(recordingId: string) {
  const api = useApi(kubernetesAuditApiRef);
  const [state, setState] = useState<DownloadState>({ kind: 'idle' });
  /** A download that was given up must not save its file. */
  const latest = useRef(0);

  const save = async ({ format, password }: FileChoice) => {
    const isAsked = state.kind === 'asking';
    latest.current++;
    const attempt = latest.current;
    setState({ kind: isAsked ? 'exporting' : 'running' });
    try {
      const file = await (password
        ? api.exportRecording(recordingId, { password, format })
        : api.downloadRecording(recordingId, format));
      if (attempt === latest.current) {
        saveFile(file);
        setState({ kind: 'idle' });
      }
    } catch (error) {
      if (attempt === latest.current) {
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

  return {
    state,
    open: () => setState({ kind: 'asking' }),
    save,
    cancel: () => {
      latest.current++;
      setState({ kind: 'idle' });
    },
  };
}
