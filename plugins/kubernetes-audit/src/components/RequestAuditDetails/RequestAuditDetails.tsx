import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Skeleton } from '@backstage/ui';
import { KeyboardEvent, useCallback, useId } from 'react';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { LoadError } from '../AuditList';
import { SideDrawer, SideDrawerContent } from '../SideDrawer';
import { DetailsHeader } from './DetailsHeader';
import { EventFields } from './EventFields';
import classes from './RequestAuditDetails.module.css';

type DetailsProps = {
  /** What is copied as its link. */
  link: string;
  /** The `search` of the link that opens an event. */
  eventSearch: (eventId: string) => string;
  /** The `search` of the link that plays a recording in place. */
  recordingSearch: (recordingId: string) => string;
  /** Opens the one before it in the list, by the key K; absent at its end. */
  onPrevious?: () => void;
  /** Opens the one after it, by the key J. */
  onNext?: () => void;
  onClose: () => void;
};

/** One call in full, in a drawer over the list. */
export function RequestAuditDetails(
  props: DetailsProps & {
    /** Nothing is open without it. */
    eventId?: string;
  },
) {
  const { eventId, onPrevious, onNext, onClose } = props;
  const titleId = useId();

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key.toLowerCase() === 'k') {
      onPrevious?.();
    } else if (event.key.toLowerCase() === 'j') {
      onNext?.();
    }
  };

  return (
    <SideDrawer
      isOpen={Boolean(eventId)}
      titleId={titleId}
      onClose={onClose}
      onKeyDown={onKeyDown}
    >
      {eventId && <Content {...props} eventId={eventId} titleId={titleId} />}
    </SideDrawer>
  );
}

function Content(props: DetailsProps & { eventId: string; titleId: string }) {
  const { eventId, titleId, link, onPrevious, onNext, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const { value, error, reload } = useLoad(
    useCallback(
      (signal: AbortSignal) => api.getEvent(eventId, { signal }),
      [api, eventId],
    ),
  );
  // While the next one is on its way, the one before it is not shown as it.
  const event = value?.id === eventId ? value : undefined;
  return (
    <>
      <DetailsHeader
        titleId={titleId}
        title={
          event
            ? t('details.title', { number: String(event.number) })
            : t('details.titleLoading')
        }
        link={link}
        onPrevious={onPrevious}
        onNext={onNext}
        onClose={onClose}
      />
      <SideDrawerContent key={eventId}>
        {error && (
          <LoadError
            error={error}
            denied={t('error.deniedRequests')}
            onRetry={reload}
          />
        )}
        {!event && !error && (
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
        {event && (
          <EventFields
            event={event}
            eventSearch={props.eventSearch}
            recordingSearch={props.recordingSearch}
          />
        )}
      </SideDrawerContent>
    </>
  );
}
