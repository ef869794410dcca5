import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import VpnKeyIcon from '@material-ui/icons/VpnKey';
import type {
  AccessResponse,
  Credential,
} from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AuditTable,
  AuditTableSkeleton,
  ListMessage,
  LoadError,
  PillGroup,
} from '../AuditList';
import { Panel } from '../Panel';
import classes from './AccessPage.module.css';
import { credentialState } from './credentialState';
import { RevokeDialog } from './RevokeDialog';
import { useCredentialColumns } from './useCredentialColumns';

/** How often the list is looked at anew, in milliseconds: a login gets its credential a moment after the approval. */
const REFRESH_MS = 10_000;

/** The user's credentials, or everybody's, and what takes them back. */
export function CredentialsPanel(props: {
  access: AccessResponse;
  /** The list is loaded anew when it changes. */
  issued: number;
}) {
  const { access, issued } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const [whose, setWhose] = useState<'mine' | 'all'>('mine');
  const [withPast, setWithPast] = useState(false);
  const [revoking, setRevoking] = useState<Credential>();
  const user = whose === 'mine' ? access.userEntityRef : undefined;
  const list = useLoad(
    useCallback(
      signal => api.listCredentials({ user }, { signal }),
      [api, user],
    ),
  );
  const { error, isLoading, reload } = list;
  // What may not be seen any more does not stay on the screen.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const value = isDenied ? undefined : list.value;
  useEffect(() => {
    if (issued > 0) {
      reload();
    }
  }, [issued, reload]);
  useEffect(() => {
    const timer = setInterval(reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [reload]);
  const columns = useCredentialColumns({
    withUser: whose === 'all',
    onRevoke: setRevoking,
  });
  const now = Date.now();
  const rows = value?.filter(
    credential => withPast || credentialState(credential, now) === 'valid',
  );

  const body = () => {
    if (!rows) {
      return error ? (
        <LoadError
          error={error}
          denied={t('error.deniedAccess')}
          onRetry={reload}
        />
      ) : (
        <AuditTableSkeleton label={t('credentials.title')} columns={columns} />
      );
    }
    if (rows.length === 0) {
      return (
        <ListMessage
          icon={<VpnKeyIcon fontSize="inherit" />}
          title={t('credentials.none')}
        >
          <p>{t('credentials.noneHint')}</p>
        </ListMessage>
      );
    }
    return (
      <div className={classes.table}>
        <AuditTable
          label={t('credentials.title')}
          columns={columns}
          rows={rows}
          isReloading={isLoading}
        />
      </div>
    );
  };

  return (
    <Panel
      title={t('credentials.title')}
      actions={
        <Button size="small" variant="secondary" onPress={reload}>
          {t('list.refresh')}
        </Button>
      }
    >
      <div className={classes.form}>
        {access.mayManage && (
          <PillGroup
            label={t('credentials.whose')}
            type="radio"
            options={[
              { value: 'mine', label: t('credentials.mine') },
              { value: 'all', label: t('credentials.all') },
            ]}
            selected={[whose]}
            onChange={setWhose}
          />
        )}
        <label className={classes.check}>
          <input
            type="checkbox"
            checked={withPast}
            onChange={event => setWithPast(event.target.checked)}
          />
          {t('credentials.withPast')}
        </label>
      </div>
      {body()}
      {revoking && (
        <RevokeDialog
          credential={revoking}
          mayRevokeUser={access.mayManage}
          onClose={isRevoked => {
            setRevoking(undefined);
            if (isRevoked) {
              reload();
            }
          }}
        />
      )}
    </Panel>
  );
}
