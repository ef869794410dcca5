import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button, ButtonIcon } from '@backstage/ui';
import ArrowDropDownIcon from '@material-ui/icons/ArrowDropDown';
import GetAppIcon from '@material-ui/icons/GetApp';
import {
  RECORDING_FILE_FORMATS,
  RecordingDetail,
} from 'backstage-plugin-kubernetes-audit-common';
import { DownloadFormat, kubernetesAuditApiRef } from '../../api';
import { formatBytes } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ExportDialog, useFileExport } from '../FileExport';
import classes from './DownloadButton.module.css';
import { useIsLong } from './useIsLong';

const FORMAT_LABELS = {
  v2: 'export.formatV2',
  v3: 'export.formatV3',
  text: 'export.formatText',
} as const;

/**
 * Saves the recording as a file: at once as asciicast v2, or as chosen. Where
 * the portal requires encryption, the password is asked for first.
 */
export function DownloadButton(props: {
  recording: Pick<RecordingDetail, 'id' | 'exportEncryption'>;
  variant: 'primary' | 'secondary';
}) {
  const { recording, variant } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const { state, open, save, cancel } = useFileExport<DownloadFormat>(
    ({ format, password }, options) =>
      password
        ? api.exportRecording(recording.id, { password, format }, options)
        : api.downloadRecording(recording.id, format, options),
  );
  const isRunning = state.kind === 'running';
  return (
    <>
      <span className={classes.group}>
        <Button
          variant={variant}
          iconStart={<GetAppIcon fontSize="inherit" />}
          isPending={isRunning}
          onPress={() =>
            recording.exportEncryption === 'required'
              ? open()
              : save({ format: 'v2' })
          }
        >
          {t('player.download')}
        </Button>
        <ButtonIcon
          aria-label={t('export.options')}
          icon={<ArrowDropDownIcon fontSize="small" />}
          variant={variant}
          isDisabled={isRunning}
          onPress={open}
        />
      </span>
      {isRunning && <Progress received={state.received} onCancel={cancel} />}
      {state.kind === 'failed' && (
        <span role="alert" className={classes.error}>
          {t('player.downloadFailed', { message: state.message })}
        </span>
      )}
      {(state.kind === 'asking' || state.kind === 'exporting') && (
        <ExportDialog
          title={t('export.optionsTitle')}
          formats={RECORDING_FILE_FORMATS.map(value => ({
            value,
            label: t(FORMAT_LABELS[value]),
          }))}
          encryption={recording.exportEncryption}
          error={state.kind === 'asking' ? state.error : undefined}
          isRunning={state.kind === 'exporting'}
          received={state.kind === 'exporting' ? state.received : undefined}
          onSubmit={save}
          onCancel={cancel}
        />
      )}
    </>
  );
}

/** How much has come of a file that takes its time, and the way out. */
function Progress(props: { received: number; onCancel: () => void }) {
  const { received, onCancel } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const isLong = useIsLong();
  if (!isLong) {
    return null;
  }
  return (
    <span className={classes.progress}>
      <span role="status">
        {received > 0 && t('export.received', { size: formatBytes(received) })}
      </span>
      <Button size="small" variant="tertiary" onPress={onCancel}>
        {t('export.cancel')}
      </Button>
    </span>
  );
}
