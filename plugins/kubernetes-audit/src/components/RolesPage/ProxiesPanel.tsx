import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import type { RolesResponse } from 'backstage-plugin-kubernetes-audit-common';
import { useMemo } from 'react';
import { formatTimestamp } from '../../format';
import { kubernetesAuditTranslationRef } from '../../translations';
import { AuditColumn, AuditTable } from '../AuditList';
import { Panel, RefreshButton } from '../Panel';
import classes from './RolesPage.module.css';

type ProxyRow = RolesResponse['proxies'][number];

/** A version is the moment of the policy's last change. */
const versionText = (version: number) =>
  formatTimestamp(new Date(version).toISOString());

/** Which of the proxies decide by the roles as the portal has them. */
export function ProxiesPanel(props: {
  roles: RolesResponse;
  onReload: () => void;
}) {
  const { roles, onReload } = props;
  const { bundleVersion, proxies } = roles;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  const columns = useMemo((): AuditColumn<ProxyRow>[] => {
    const state = ({ bundleVersion: version }: ProxyRow) => {
      if (version === undefined) {
        return t('roles.noPolicy');
      }
      return version >= bundleVersion ? t('roles.current') : t('roles.older');
    };
    return [
      { id: 'name', label: t('agents.name'), text: ({ id }) => id },
      {
        id: 'version',
        label: t('roles.version'),
        text: ({ bundleVersion: version }) =>
          version === undefined ? undefined : versionText(version),
      },
      {
        id: 'state',
        label: t('agents.state'),
        text: state,
        render: (row, text) => (
          <span
            className={
              row.bundleVersion === undefined ||
              row.bundleVersion < bundleVersion
                ? classes.outdated
                : undefined
            }
          >
            {text}
          </span>
        ),
      },
      {
        id: 'lastSeen',
        label: t('agents.lastSeen'),
        text: ({ lastSeenAt }) => formatTimestamp(lastSeenAt),
      },
    ];
  }, [t, bundleVersion]);
  return (
    <Panel
      title={t('roles.proxies')}
      actions={<RefreshButton onPress={onReload} />}
    >
      <p className={classes.muted}>
        {t('roles.portalVersion', { version: versionText(bundleVersion) })}
      </p>
      {proxies.length > 0 ? (
        <AuditTable
          label={t('roles.proxies')}
          columns={columns}
          rows={proxies}
          isReloading={false}
        />
      ) : (
        <p className={classes.muted}>{t('agents.noProxies')}</p>
      )}
    </Panel>
  );
}
