import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Box } from '@backstage/ui';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { formatTimestamp } from '../../format';
import { useCountText } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import { CodeBlock } from '../CodeBlock';
import { ResultLabel, VerbLabel } from '../EventLabels';
import classes from './EventFields.module.css';
import { Field, FieldList } from './FieldList';
import { RequestBody } from './RequestBody';
import { SessionNotice } from './SessionNotice';

/** The three blocks of an event: what happened, what was called, what was sent. */
export function EventFields(props: {
  event: StoredRequestAuditEvent;
  eventSearch: (eventId: string) => string;
  recordingSearch: (recordingId: string) => string;
}) {
  const { event, eventSearch, recordingSearch } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);

  const countText = useCountText();
  const eventFields: Field[] = [
    { label: t('field.result'), value: <ResultLabel result={event.result} /> },
    {
      label: t('field.executedAt'),
      value: (
        <time dateTime={event.executedAt} title={event.executedAt}>
          {formatTimestamp(event.executedAt)}
        </time>
      ),
    },
    { label: t('field.message'), value: event.message },
    { label: t('field.name'), value: event.userName },
    { label: t('field.email'), value: event.userEmail },
    { label: t('field.clientIp'), value: event.clientIp },
    { label: t('field.clientName'), value: event.clientName },
    { label: t('field.clusterName'), value: event.clusterName },
    { label: t('field.role'), value: event.role },
    { label: t('field.clusterEndpoint'), value: event.clusterEndpoint },
    { label: t('field.tunnelAgentName'), value: event.tunnelAgentName },
    { label: t('field.tunnelTag'), value: event.tunnelTag },
  ];
  // Only a call whose session was recorded has this field.
  if (event.recordingId) {
    eventFields.push({
      label: t('field.podSessionRecording'),
      value: (
        <Link to={{ search: recordingSearch(event.recordingId) }}>
          {t('details.recordingLink')}
        </Link>
      ),
    });
  }

  return (
    <>
      {event.sessionId && (
        <SessionNotice
          event={event}
          sessionId={event.sessionId}
          eventSearch={eventSearch}
        />
      )}
      <Block title={t('details.event')}>
        <FieldList fields={eventFields} />
      </Block>
      <Block title={t('details.call')}>
        <FieldList
          fields={[
            {
              label: t('field.verb'),
              value: event.verb && <VerbLabel verb={event.verb} />,
            },
            { label: t('field.namespace'), value: event.namespace },
            { label: t('field.resource'), value: event.resource },
            { label: t('field.resourceName'), value: event.resourceName },
            {
              label: t('field.impersonatedUser'),
              value: event.impersonatedUser,
            },
            {
              label: t('field.impersonatedGroup'),
              value: event.impersonatedGroups?.join('\n'),
            },
          ]}
        />
      </Block>
      <Block title={t('field.requestBody')}>
        <RequestBody event={event} />
      </Block>
      <details className={classes.more}>
        <summary>{t('details.more')}</summary>
        <FieldList
          fields={[
            { label: t('field.requestUri'), value: event.requestUri },
            {
              label: t('field.statusCode'),
              value: event.statusCode?.toString(),
            },
            {
              label: t('field.latency'),
              value:
                event.latencyMs === undefined
                  ? undefined
                  : t('value.milliseconds', {
                      value: countText(event.latencyMs),
                    }),
            },
            {
              label: t('field.kubernetesGroups'),
              value: event.kubernetesGroups?.join('\n'),
            },
            { label: t('field.connectedFrom'), value: event.connectedFrom },
            { label: t('field.agent'), value: event.agentId },
            { label: t('field.sessionId'), value: event.sessionId },
            { label: t('field.eventId'), value: event.id },
          ]}
        />
      </details>
      <details className={classes.more}>
        <summary>{t('details.rawJson')}</summary>
        <CodeBlock
          label={t('details.rawJson')}
          text={JSON.stringify(event, undefined, 2)}
        />
      </details>
    </>
  );
}

function Block(props: { title: string; children: ReactNode }) {
  return (
    <Box as="section" bg="neutral" className={classes.block}>
      <h3 className={classes.heading}>{props.title}</h3>
      {props.children}
    </Box>
  );
}
