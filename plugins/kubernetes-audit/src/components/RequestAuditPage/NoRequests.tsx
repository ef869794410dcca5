import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import ListAltIcon from '@material-ui/icons/ListAlt';
import SearchIcon from '@material-ui/icons/Search';
import type { ReactNode } from 'react';
import { isFiltered, RequestAuditQuery, UNFILTERED } from '../../query';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage, SetupSteps } from '../AuditList';

/** Why the list is empty, and the way on. */
export function NoRequests(props: {
  query: RequestAuditQuery;
  nothingRecorded: boolean;
  /** What the list is narrowed to beside the query. */
  hint?: ReactNode;
  onChange: (patch: Partial<RequestAuditQuery>) => void;
}) {
  const { query, nothingRecorded, hint, onChange } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (nothingRecorded) {
    return (
      <ListMessage
        icon={<ListAltIcon fontSize="inherit" />}
        title={t('empty.requestsTitle')}
      >
        <SetupSteps
          intro={t('empty.requestsIntro')}
          steps={[
            {
              text: t('empty.stepProxy'),
              command: 'kubernetes-audit-agent proxy --config proxy.yaml',
            },
            {
              text: t('empty.stepAccess'),
              command: 'export KUBECONFIG=./kubeconfig',
            },
            { text: t('empty.stepRequest'), command: 'kubectl get pods' },
          ]}
        />
      </ListMessage>
    );
  }
  const filtered = isFiltered(query);
  const ofToday = hint ? t('entity.noneToday') : t('empty.noMatchToday');
  return (
    <ListMessage
      icon={<SearchIcon fontSize="inherit" />}
      title={t('empty.noMatchTitle')}
      actions={
        <>
          {filtered && (
            <Button variant="primary" onPress={() => onChange(UNFILTERED)}>
              {t('filter.clear')}
            </Button>
          )}
          {query.range.kind !== 'anyTime' && (
            <Button
              variant="secondary"
              onPress={() => onChange({ range: { kind: 'anyTime' } })}
            >
              {t('empty.showAnyTime')}
            </Button>
          )}
        </>
      }
    >
      <p>{filtered ? t('empty.noMatchRequests') : ofToday}</p>
      {hint && <p>{hint}</p>}
    </ListMessage>
  );
}
