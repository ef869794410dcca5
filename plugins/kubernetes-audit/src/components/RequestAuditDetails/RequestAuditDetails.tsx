import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { ButtonIcon, Skeleton } from '@backstage/ui';
import Drawer from '@material-ui/core/Drawer';
import useMediaQuery from '@material-ui/core/useMediaQuery';
import CloseIcon from '@material-ui/icons/Close';
import { useCallback, useId } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { LoadError } from '../AuditList';
import surface from '../Surface/Surface.module.css';
import { EventFields } from './EventFields';
import classes from './RequestAuditDetails.module.css';

/** One call in full, in a drawer over the list. */
export function RequestAuditDetails(props: {
  /** Nothing is open without it. */
  eventId?: string;
  /** The `search` of the link that plays a recording in place. */
  recordingSearch: (recordingId: string) => string;
  onClose: () => void;
}) {
  const { eventId, recordingSearch, onClose } = props;
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  const titleId = useId();
  return (
    <Drawer
      anchor="right"
      open={Boolean(eventId)}
      onClose={onClose}
      transitionDuration={still ? 0 : undefined}
      PaperProps={{
        role: 'dialog',
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.drawer}`,
      }}
    >
      {eventId && (
        <Content
          key={eventId}
          eventId={eventId}
          titleId={titleId}
          recordingSearch={recordingSearch}
          onClose={onClose}
        />
      )}
    </Drawer>
  );
}

function Content(props: {
  eventId: string;
  titleId: string;
  recordingSearch: (recordingId: string) => string;
  onClose: () => void;
}) {
  const { eventId, titleId, recordingSearch, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const { value, error, reload } = useLoad(
    useCallback(
      (signal: AbortSignal) => api.getEvent(eventId, { signal }),
      [api, eventId],
    ),
  );
  return (
    <>
      <header className={classes.header}>
        <h2 id={titleId} className={classes.title}>
          {value
            ? t('details.title', { number: String(value.number) })
            : t('details.titleLoading')}
        </h2>
        <ButtonIcon
          aria-label={t('details.close')}
          icon={<CloseIcon fontSize="inherit" />}
          variant="tertiary"
          onPress={onClose}
        />
      </header>
      <div className={classes.content}>
        {error && (
          <LoadError
            error={error}
            denied={t('error.deniedRequests')}
            onRetry={reload}
          />
        )}
        {!value && !error && (
          <div role="status" aria-label={t('list.loading')}>
            {Array.from({ length: 12 }, (_, row) => (
              <Skeleton
                key={row}
                className={classes.bone}
                width={`${45 + ((row * 17) % 50)}%`}
                height={14}
              />
            ))}
          </div>
        )}
        {value && (
          <EventFields event={value} recordingSearch={recordingSearch} />
        )}
      </div>
    </>
  );
}
