import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { useCallback } from 'react';
import { Link } from 'react-router-dom';
import { kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './SessionNotice.module.css';

/** Rows of one session, of which there are two. */
const MAX_ROWS = 10;

/** From the row of a session's start to that of its end, and back. */
export function SessionNotice(props: {
  event: StoredRequestAuditEvent;
  sessionId: string;
  /** The `search` of the link that opens an event. */
  eventSearch: (eventId: string) => string;
}) {
  const { event, sessionId, eventSearch } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const { value } = useLoad(
    useCallback(
      (signal: AbortSignal) =>
        api.listEvents({ filter: { sessionId }, limit: MAX_ROWS }, { signal }),
      [api, sessionId],
    ),
  );
  // Without the other row there is nowhere to go; the event is shown all the same.
  const other = value?.items.find(({ id }) => id !== event.id);
  if (!other) {
    return null;
  }
  const isStart =
    other.executedAt === event.executedAt
      ? event.number < other.number
      : event.executedAt < other.executedAt;
  return (
    <p className={classes.notice}>
      {t(isStart ? 'details.sessionStarted' : 'details.sessionEnded')}
      <Link to={{ search: eventSearch(other.id) }}>
        {t(isStart ? 'details.toSessionEnd' : 'details.toSessionStart')}
      </Link>
    </p>
  );
}
