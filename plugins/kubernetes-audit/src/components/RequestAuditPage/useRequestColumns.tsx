import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { RequestAuditListItem } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import { ResultLabel, VerbLabel } from '../EventLabels';

/** The columns of *Request Audit*, in the order of the specification. */
export const REQUEST_COLUMNS = [
  { id: 'number' },
  { id: 'executedAt', isFixed: true },
  { id: 'result' },
  { id: 'name' },
  { id: 'email' },
  { id: 'clientIp' },
  { id: 'clusterName' },
  { id: 'role' },
  { id: 'namespace' },
  { id: 'verb' },
  { id: 'resource' },
  { id: 'resourceName' },
  { id: 'message' },
  { id: 'clusterEndpoint' },
  { id: 'kubernetesGroups' },
  { id: 'clientName' },
];

/**
 * How each of {@link REQUEST_COLUMNS} is shown.
 *
 * @param searchFor - the `search` of the link that opens an event
 */
export function useRequestColumns(
  searchFor: (eventId: string) => string,
): AuditColumn<RequestAuditListItem>[] {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
      {
        id: 'number',
        label: t('field.number'),
        text: event => String(event.number),
        align: 'end',
      },
      {
        id: 'executedAt',
        label: t('field.executedAt'),
        text: event => event.executedAt,
        render: event => (
          <Link to={{ search: searchFor(event.id) }}>
            {formatTimestamp(event.executedAt)}
          </Link>
        ),
      },
      {
        id: 'result',
        label: t('field.result'),
        text: event => t(`value.${event.result}`),
        render: event => <ResultLabel result={event.result} />,
      },
      {
        id: 'name',
        label: t('field.name'),
        text: event => event.userName,
        maxCharacters: 28,
      },
      {
        id: 'email',
        label: t('field.email'),
        text: event => event.userEmail,
        maxCharacters: 32,
      },
      {
        id: 'clientIp',
        label: t('field.clientIp'),
        text: event => event.clientIp,
      },
      {
        id: 'clusterName',
        label: t('field.clusterName'),
        text: event => event.clusterName,
        maxCharacters: 28,
      },
      {
        id: 'role',
        label: t('field.role'),
        text: event => event.role,
        maxCharacters: 28,
      },
      {
        id: 'namespace',
        label: t('field.namespace'),
        text: event => event.namespace,
        maxCharacters: 28,
      },
      {
        id: 'verb',
        label: t('field.verb'),
        text: event => event.verb,
        render: event => <VerbLabel verb={event.verb} />,
      },
      {
        id: 'resource',
        label: t('field.resource'),
        text: event => event.resource,
        maxCharacters: 32,
      },
      {
        id: 'resourceName',
        label: t('field.resourceName'),
        text: event => event.resourceName,
        maxCharacters: 36,
      },
      {
        id: 'message',
        label: t('field.message'),
        text: event => event.message,
        maxCharacters: 48,
      },
      {
        id: 'clusterEndpoint',
        label: t('field.clusterEndpoint'),
        text: event => event.clusterEndpoint,
        maxCharacters: 36,
      },
      {
        id: 'kubernetesGroups',
        label: t('field.kubernetesGroups'),
        text: event => event.kubernetesGroups?.join(', '),
        maxCharacters: 36,
      },
      {
        id: 'clientName',
        label: t('field.clientName'),
        text: event => event.clientName,
        maxCharacters: 32,
      },
    ],
    [t, searchFor],
  );
}
