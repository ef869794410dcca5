import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import {
  ButtonIcon,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
} from '@backstage/ui';
import GetAppIcon from '@material-ui/icons/GetApp';
import LockOutlinedIcon from '@material-ui/icons/LockOutlined';
import {
  EVENT_FILE_FORMATS,
  EventFileFormat,
} from 'backstage-plugin-kubernetes-audit-common';
import { DateTime } from 'luxon';
import { useCallback, useState } from 'react';
import { kubernetesAuditApiRef, RequestAuditFilter } from '../../api';
import { useLoad } from '../../hooks';
import { RequestAuditQuery, toSelection } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ExportDialog, useFileExport } from '../FileExport';
import { ExportStatus } from './ExportStatus';

const FORMAT_LABELS = {
  csv: 'export.formatCsv',
  jsonl: 'export.formatJsonl',
} as const;

/**
 * Saves all requests that match as a file. Where the portal requires
 * encryption, the password is asked for first; where it is a choice, it is one
 * of the menu.
 */
export function ExportMenu(props: {
  query: RequestAuditQuery;
  /** What all requests must meet, whatever the query says. */
  narrowing?: RequestAuditFilter;
}) {
  const { query, narrowing } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const settings = useLoad(
    useCallback((signal: AbortSignal) => api.getSettings({ signal }), [api]),
  );
  // Where that is not known, the portal refuses what it does not allow.
  const encryption = settings.value?.exportEncryption ?? 'off';
  const [format, setFormat] = useState<EventFileFormat>('csv');
  const { state, open, save, cancel } = useFileExport<EventFileFormat>(
    (choice, options) => {
      const selection = toSelection(query, DateTime.local(), narrowing);
      const { password } = choice;
      return password
        ? api.exportEvents(selection, { ...choice, password }, options)
        : api.downloadEvents(selection, choice.format, options);
    },
  );
  const isRunning = state.kind === 'running';

  const choose = (chosen: EventFileFormat) => {
    setFormat(chosen);
    if (encryption === 'required') {
      open();
    } else {
      save({ format: chosen });
    }
  };

  return (
    <>
      <MenuTrigger>
        <ButtonIcon
          aria-label={t('export.events')}
          icon={<GetAppIcon fontSize="inherit" />}
          variant="secondary"
          isPending={isRunning}
        />
        <Menu placement="bottom end" aria-label={t('export.events')}>
          <MenuSection title={t('export.eventsAs')}>
            {EVENT_FILE_FORMATS.map(value => (
              <MenuItem key={value} onAction={() => choose(value)}>
                {t(FORMAT_LABELS[value])}
              </MenuItem>
            ))}
            {encryption === 'optional' && (
              <MenuItem
                iconStart={<LockOutlinedIcon fontSize="inherit" />}
                onAction={open}
              >
                {t('export.withPassword')}
              </MenuItem>
            )}
          </MenuSection>
        </Menu>
      </MenuTrigger>
      <ExportStatus state={state} onCancel={cancel} />
      {(state.kind === 'asking' || state.kind === 'exporting') && (
        <ExportDialog
          title={t('export.eventsTitle')}
          formats={EVENT_FILE_FORMATS.map(value => ({
            value,
            label: t(FORMAT_LABELS[value]),
          }))}
          format={format}
          encryption={encryption}
          isEncrypted
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
