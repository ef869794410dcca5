import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { Recording } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './StatusLabel.module.css';

/** How a recording stands; the tooltip says why. */
export function StatusLabel(props: {
  recording: Pick<Recording, 'status' | 'statusReason'>;
}) {
  const { status, statusReason } = props.recording;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <span className={classes.status} data-status={status} title={statusReason}>
      {t(`status.${status}`)}
    </span>
  );
}
