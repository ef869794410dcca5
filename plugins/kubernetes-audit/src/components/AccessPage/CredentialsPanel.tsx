import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type {
  AccessResponse,
  Credential,
} from 'backstage-plugin-kubernetes-audit-common';
import { useState } from 'react';
import { kubernetesAuditTranslationRef } from '../../translations';
import { DelayedSearchField, PillGroup } from '../AuditList';
import { Panel, RefreshButton } from '../Panel';
import classes from './AccessPage.module.css';
import { CredentialList } from './CredentialList';
import { RevokeDialog } from './RevokeDialog';

/** The user's credentials, or everybody's, and what takes them back. */
export function CredentialsPanel(props: {
  access: AccessResponse;
  /** The lists are loaded anew when it grows. */
  issued: number;
}) {
  const { access, issued } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const [whose, setWhose] = useState<'mine' | 'all'>('mine');
  const [search, setSearch] = useState('');
  const [withPast, setWithPast] = useState(false);
  const [revoking, setRevoking] = useState<Credential>();
  const [refreshes, setRefreshes] = useState(0);
  const refresh = () => setRefreshes(count => count + 1);
  const shown = {
    ...(whose === 'mine'
      ? { user: access.userEntityRef }
      : { search: search || undefined }),
    version: issued + refreshes,
    onRevoke: setRevoking,
  };

  return (
    <Panel
      title={t('credentials.title')}
      actions={<RefreshButton onPress={refresh} />}
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
        {whose === 'all' && (
          <DelayedSearchField
            className={classes.search}
            label={t('credentials.search')}
            search={search}
            onSearch={setSearch}
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
      <CredentialList label={t('credentials.title')} state="valid" {...shown} />
      {withPast && (
        <>
          <h3 className={classes.subtitle}>{t('credentials.past')}</h3>
          <CredentialList
            label={t('credentials.past')}
            state="ended"
            {...shown}
          />
        </>
      )}
      {revoking && (
        <RevokeDialog
          credential={revoking}
          mayRevokeUser={access.mayManage}
          onClose={isRevoked => {
            setRevoking(undefined);
            if (isRevoked) {
              refresh();
            }
          }}
        />
      )}
    </Panel>
  );
}
