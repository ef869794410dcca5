import { useApi } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import VpnKeyIcon from '@material-ui/icons/VpnKey';
import {
  Credential,
  CredentialListState,
  DEFAULT_PAGE_LIMIT,
} from 'backstage-plugin-kubernetes-audit-common';
import { useCallback, useEffect, useRef, useState } from 'react';
import { failureOf, kubernetesAuditApiRef } from '../../api';
import { useLoad } from '../../hooks';
import { kubernetesAuditTranslationRef } from '../../translations';
import {
  AuditTable,
  AuditTableSkeleton,
  ListMessage,
  LoadError,
} from '../AuditList';
import classes from './AccessPage.module.css';
import { readCredentials } from './readCredentials';
import { useCredentialColumns } from './useCredentialColumns';

/** How often the list is looked at anew, in milliseconds: a login gets its credential a moment after the approval. */
const REFRESH_MS = 10_000;

/** Credentials of one state, the newest first, and more of them on demand. */
export function CredentialList(props: {
  label: string;
  state: CredentialListState;
  /** An entity ref; everybody's without it. */
  user?: string;
  search?: string;
  /** The list is loaded anew when it changes. */
  version: number;
  onRevoke: (credential: Credential) => void;
}) {
  const { label, state, user, search, version, onRevoke } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const api = useApi(kubernetesAuditApiRef);
  const [count, setCount] = useState(DEFAULT_PAGE_LIMIT);
  const list = useLoad(
    useCallback(
      signal =>
        readCredentials(api, { state, user, search }, count, { signal }),
      [api, state, user, search, count],
    ),
  );
  const { error, isLoading, reload } = list;
  // What may not be seen any more does not stay on the screen.
  const isDenied = error !== undefined && failureOf(error).kind === 'denied';
  const value = isDenied ? undefined : list.value;

  const loadedVersion = useRef(version);
  useEffect(() => {
    if (version !== loadedVersion.current) {
      loadedVersion.current = version;
      reload();
    }
  }, [version, reload]);
  // Who looks further back is not after what is new.
  const isFollowed = state === 'valid' && count === DEFAULT_PAGE_LIMIT;
  useEffect(() => {
    const timer = isFollowed ? setInterval(reload, REFRESH_MS) : undefined;
    return () => clearInterval(timer);
  }, [isFollowed, reload]);
  const columns = useCredentialColumns({
    withUser: user === undefined,
    onRevoke,
  });

  if (!value) {
    return error ? (
      <LoadError
        error={error}
        denied={t('error.deniedAccess')}
        onRetry={reload}
      />
    ) : (
      <AuditTableSkeleton label={label} columns={columns} />
    );
  }
  if (value.items.length === 0) {
    return state === 'valid' ? (
      <ListMessage
        icon={<VpnKeyIcon fontSize="inherit" />}
        title={t('credentials.none')}
      >
        <p>{t('credentials.noneHint')}</p>
      </ListMessage>
    ) : (
      <p className={classes.text}>{t('credentials.nonePast')}</p>
    );
  }
  return (
    <>
      <div className={classes.table}>
        <AuditTable
          label={label}
          columns={columns}
          rows={value.items}
          isReloading={isLoading}
        />
      </div>
      {value.hasMore && (
        <div className={classes.actions}>
          <Button
            size="small"
            variant="secondary"
            isDisabled={isLoading}
            onPress={() => setCount(value.items.length + DEFAULT_PAGE_LIMIT)}
          >
            {t('credentials.more')}
          </Button>
        </div>
      )}
    </>
  );
}
