import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import type { Credential } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import type { AuditColumn } from '../AuditList';
import classes from './AccessPage.module.css';
import { credentialState } from './credentialState';

/** What is shown of credentials. */
export function useCredentialColumns(options: {
  withUser: boolean;
  onRevoke: (credential: Credential) => void;
}): AuditColumn<Credential>[] {
  const { withUser, onRevoke } = options;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  return useMemo(
    () => [
      ...(withUser
        ? [
            {
              id: 'user',
              label: t('credentials.user'),
              text: ({ userEntityRef }: Credential) => userEntityRef,
              maxCharacters: 40,
            },
          ]
        : []),
      {
        id: 'kind',
        label: t('credentials.kind'),
        text: ({ kind, hostName }) =>
          kind === 'login'
            ? t('credentials.login', { host: hostName ?? '' })
            : t(`credentials.${kind === 'portal' ? 'portal' : 'kubeconfig'}`),
        maxCharacters: 40,
      },
      {
        id: 'state',
        label: t('credentials.state'),
        text: credential =>
          t(`credentials.${credentialState(credential, Date.now())}`),
        render: (credential, text) => (
          <span
            className={classes.state}
            data-state={credentialState(credential, Date.now())}
          >
            {text}
          </span>
        ),
      },
      {
        id: 'issuedAt',
        label: t('credentials.issuedAt'),
        text: ({ issuedAt }) => formatTimestamp(issuedAt),
      },
      {
        id: 'expiresAt',
        label: t('credentials.expiresAt'),
        text: ({ expiresAt }) => formatTimestamp(expiresAt),
      },
      {
        id: 'lastUsedAt',
        label: t('credentials.lastUsedAt'),
        text: ({ lastUsedAt }) => lastUsedAt && formatTimestamp(lastUsedAt),
      },
      {
        id: 'revokedAt',
        label: t('credentials.revokedAt'),
        text: ({ revokedAt }) => revokedAt && formatTimestamp(revokedAt),
      },
      {
        id: 'clientIp',
        label: t('credentials.clientIp'),
        text: ({ clientIp }) => clientIp,
      },
      {
        id: 'revoke',
        label: t('credentials.action'),
        text: credential =>
          credentialState(credential, Date.now()) === 'valid'
            ? t('credentials.revoke')
            : undefined,
        render: (credential, text) => (
          <Button
            size="small"
            variant="secondary"
            aria-label={t('credentials.revokeIssued', {
              issuedAt: formatTimestamp(credential.issuedAt),
            })}
            onPress={() => onRevoke(credential)}
          >
            {text}
          </Button>
        ),
      },
    ],
    [t, withUser, onRevoke],
  );
}
