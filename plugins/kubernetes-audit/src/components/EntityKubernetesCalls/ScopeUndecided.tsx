import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import SearchIcon from '@material-ui/icons/Search';
import { KUBERNETES_ANNOTATIONS } from '../../entity';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage } from '../AuditList';
import classes from './EntityKubernetesCalls.module.css';

const EXAMPLE = `metadata:
  annotations:
    ${KUBERNETES_ANNOTATIONS.id}: payments
    ${KUBERNETES_ANNOTATIONS.namespace}: payments-prod`;

/** Which annotations are missing where those of an entity name no object. */
export function ScopeUndecided() {
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <ListMessage
      icon={<SearchIcon fontSize="inherit" />}
      title={t('entity.undecidedTitle')}
    >
      <p>{t('entity.undecided')}</p>
      <pre className={classes.example}>{EXAMPLE}</pre>
    </ListMessage>
  );
}
