import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import ErrorOutlineIcon from '@material-ui/icons/ErrorOutline';
import { failureOf } from '../../api';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import classes from './StaleNotice.module.css';

/** Over rows that could not be loaded anew: of when they are, and why. */
export function StaleNotice(props: {
  error: Error;
  loadedAt: Date;
  onRetry: () => void;
}) {
  const { error, loadedAt, onRetry } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return (
    <div className={classes.notice} role="alert">
      <ErrorOutlineIcon fontSize="inherit" aria-hidden />
      <span className={classes.text}>
        {t('list.stale', {
          time: formatTimestamp(loadedAt.toISOString()),
          message: failureOf(error).message,
        })}
      </span>
      <Button size="small" variant="secondary" onPress={onRetry}>
        {t('error.retry')}
      </Button>
    </div>
  );
}
