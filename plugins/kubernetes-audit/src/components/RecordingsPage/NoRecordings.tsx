import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import SearchIcon from '@material-ui/icons/Search';
import VideocamOutlinedIcon from '@material-ui/icons/VideocamOutlined';
import type { ReactNode } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage, SetupSteps } from '../AuditList';

/** Why the list is empty, and the way on. */
export function NoRecordings(props: {
  nothingRecorded: boolean;
  isFiltered: boolean;
  /** What the list is narrowed to anyway. */
  hint?: ReactNode;
  onClear: () => void;
}) {
  const { nothingRecorded, isFiltered, hint, onClear } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (nothingRecorded) {
    return (
      <ListMessage
        icon={<VideocamOutlinedIcon fontSize="inherit" />}
        title={t('empty.recordingsTitle')}
      >
        <SetupSteps
          intro={t('empty.recordingsIntro')}
          steps={[
            {
              text: t('empty.stepProxy'),
              command: 'kubernetes-audit-agent proxy --config proxy.yaml',
            },
            {
              text: t('empty.stepAccess'),
              command: 'export KUBECONFIG=./kubeconfig',
            },
            {
              text: t('empty.stepSession'),
              command: 'kubectl exec -it my-pod -- sh',
            },
          ]}
        />
      </ListMessage>
    );
  }
  return (
    <ListMessage
      icon={<SearchIcon fontSize="inherit" />}
      title={t('empty.noMatchTitle')}
      actions={
        isFiltered && (
          <Button variant="primary" onPress={onClear}>
            {t('filter.clear')}
          </Button>
        )
      }
    >
      <p>
        {isFiltered || !hint
          ? t('empty.noMatchRecordings')
          : t('entity.noRecordings')}
      </p>
      {hint && <p>{hint}</p>}
    </ListMessage>
  );
}
