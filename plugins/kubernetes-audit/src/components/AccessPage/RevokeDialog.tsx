import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import Dialog from '@material-ui/core/Dialog';
import type { Credential } from 'backstage-plugin-kubernetes-audit-common';
import { useId, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import surface from '../Surface/Surface.module.css';
import classes from './RevokeDialog.module.css';

/** Asks whether a credential is to be taken back, and does it. */
export function RevokeDialog(props: {
  credential: Credential;
  /** Whether all that the user has may be taken back at once. */
  mayRevokeUser: boolean;
  onClose: (isRevoked: boolean) => void;
}) {
  const { credential, mayRevokeUser, onClose } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const titleId = useId();
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<string>();

  const run = async (revoke: () => Promise<void>) => {
    setIsRunning(true);
    setError(undefined);
    try {
      await revoke();
      onClose(true);
    } catch (failure) {
      setError(failureOf(failure as Error).message);
      setIsRunning(false);
    }
  };
  const { id, userEntityRef, kind, hostName, issuedAt } = credential;
  return (
    <Dialog
      open
      onClose={() => onClose(false)}
      PaperProps={{
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: `${surface.surface} ${classes.paper}`,
      }}
    >
      <div className={classes.content}>
        <h2 id={titleId} className={classes.title}>
          {t('credentials.revokeTitle')}
        </h2>
        <p className={classes.text}>
          {kind === 'login'
            ? t('credentials.revokeLogin', {
                user: userEntityRef,
                host: hostName ?? '',
              })
            : t('credentials.revokeKubeconfig', {
                user: userEntityRef,
                issuedAt: formatTimestamp(issuedAt),
              })}
        </p>
        <p className={classes.text}>{t('credentials.revokeHint')}</p>
        {error && (
          <p role="alert" className={classes.error}>
            {error}
          </p>
        )}
        <div className={classes.actions}>
          <Button variant="tertiary" onPress={() => onClose(false)}>
            {t('export.cancel')}
          </Button>
          {mayRevokeUser && (
            <Button
              variant="secondary"
              isDisabled={isRunning}
              onPress={() => run(() => api.revokeUser(userEntityRef))}
            >
              {t('credentials.revokeUser')}
            </Button>
          )}
          <Button
            variant="primary"
            isPending={isRunning}
            onPress={() => run(() => api.revokeCredential(id))}
          >
            {t('credentials.revoke')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
