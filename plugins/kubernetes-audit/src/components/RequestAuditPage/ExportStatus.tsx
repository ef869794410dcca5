import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import CheckIcon from '@material-ui/icons/Check';
import ErrorOutlineIcon from '@material-ui/icons/ErrorOutline';
import { useEffect } from 'react';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { FileExportState } from '../FileExport';
import classes from './ExportStatus.module.css';

/** How long it is said that a file was saved, in milliseconds. */
const SAVED_TIME = 6_000;

/** How an export goes, over the end of the page: the list does not move for it. */
export function ExportStatus(props: {
  state: FileExportState;
  /** Gives it up, or takes note of how it ended. */
  onCancel: () => void;
}) {
  const { state, onCancel } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isSaved = state.kind === 'saved';
  useEffect(() => {
    if (!isSaved) {
      return undefined;
    }
    const timer = setTimeout(onCancel, SAVED_TIME);
    return () => clearTimeout(timer);
  }, [isSaved, onCancel]);

  return (
    <>
      <div className={classes.place} role="status">
        {state.kind === 'running' && (
          <div className={classes.status}>
            <span className={classes.text}>
              {state.received > 0
                ? t('export.runningReceived', {
                    size: formatBytes(state.received),
                  })
                : t('export.running')}
            </span>
            <Button size="small" variant="secondary" onPress={onCancel}>
              {t('export.cancel')}
            </Button>
          </div>
        )}
        {isSaved && (
          <div className={classes.status} data-kind="saved">
            <CheckIcon fontSize="inherit" aria-hidden />
            <span className={classes.text}>
              {t('export.saved', { fileName: state.fileName })}
            </span>
          </div>
        )}
      </div>
      {state.kind === 'failed' && (
        <div className={classes.place} role="alert">
          <div className={classes.status} data-kind="failed">
            <ErrorOutlineIcon fontSize="inherit" aria-hidden />
            <span className={classes.text}>
              {t('export.failed', { message: state.message })}
            </span>
            <Button size="small" variant="secondary" onPress={onCancel}>
              {t('export.dismiss')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
