import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import ErrorOutlineIcon from '@material-ui/icons/ErrorOutline';
import LockOutlinedIcon from '@material-ui/icons/LockOutlined';
import SearchIcon from '@material-ui/icons/Search';
import { failureOf } from '../../api';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage } from './ListMessage';

/** Why something could not be loaded: refused, gone, or failed. */
export function LoadError(props: {
  error: Error;
  /** Which permission is missing when the portal refuses. */
  denied: string;
  onRetry: () => void;
}) {
  const { error, denied, onRetry } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const failure = failureOf(error);
  switch (failure.kind) {
    case 'denied':
      return (
        <ListMessage
          isAlert
          icon={<LockOutlinedIcon fontSize="inherit" />}
          title={t('error.deniedTitle')}
        >
          <p>{denied}</p>
          <p>{failure.message}</p>
        </ListMessage>
      );
    case 'notFound':
      return (
        <ListMessage
          isAlert
          icon={<SearchIcon fontSize="inherit" />}
          title={t('error.notFoundTitle')}
        >
          <p>{t('error.notFound')}</p>
        </ListMessage>
      );
    default:
      return (
        <ListMessage
          isAlert
          icon={<ErrorOutlineIcon fontSize="inherit" />}
          title={t('error.failedTitle')}
          actions={
            <Button variant="primary" onPress={onRetry}>
              {t('error.retry')}
            </Button>
          }
        >
          <p>{failure.message}</p>
        </ListMessage>
      );
  }
}
