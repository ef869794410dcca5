import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import GetAppIcon from '@material-ui/icons/GetApp';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './DownloadButton.module.css';
import { ExportDialog } from './ExportDialog';
import { useDownload } from './useDownload';

/** Saves the recording as a file. */
export function DownloadButton(props: {
  recordingId: string;
  variant: 'primary' | 'secondary';
}) {
  const { recordingId, variant } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const { state, download, exportWith, cancel } = useDownload(recordingId);
  return (
    <>
      <Button
        variant={variant}
        iconStart={<GetAppIcon fontSize="inherit" />}
        isPending={state.kind === 'running'}
        onPress={download}
      >
        {t('player.download')}
      </Button>
      {state.kind === 'failed' && (
        <span role="alert" className={classes.error}>
          {t('player.downloadFailed', { message: state.message })}
        </span>
      )}
      {state.kind === 'needsPassword' && (
        <ExportDialog
          error={state.error}
          onSubmit={exportWith}
          onCancel={cancel}
        />
      )}
    </>
  );
}
