import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import CheckIcon from '@material-ui/icons/Check';
import CloseIcon from '@material-ui/icons/Close';
import type { RequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './ResultLabel.module.css';

/** ✓ Success or ✗ Failure. */
export function ResultLabel(props: { result: RequestAuditEvent['result'] }) {
  const { result } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const Icon = result === 'success' ? CheckIcon : CloseIcon;
  return (
    <span className={classes.result} data-result={result}>
      <Icon fontSize="inherit" aria-hidden />
      {t(`value.${result}`)}
    </span>
  );
}
