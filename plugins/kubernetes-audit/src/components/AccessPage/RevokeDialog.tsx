import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { Credential } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditApiRef } from '../../api';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ConfirmDialog } from '../ConfirmDialog';

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
  const { id, userEntityRef, kind, hostName, issuedAt } = credential;
  return (
    <ConfirmDialog
      title={t('credentials.revokeTitle')}
      confirm={{
        label: t('credentials.revoke'),
        run: () => api.revokeCredential(id),
      }}
      alternative={
        mayRevokeUser
          ? {
              label: t('credentials.revokeUser'),
              run: () => api.revokeUser(userEntityRef),
            }
          : undefined
      }
      onClose={onClose}
    >
      <p>
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
      <p>{t('credentials.revokeHint')}</p>
    </ConfirmDialog>
  );
}
