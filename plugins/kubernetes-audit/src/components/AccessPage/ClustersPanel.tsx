import { useTranslationRef } from '@backstage/core-plugin-api/alpha';
import { Button } from '@backstage/ui';
import CloudOffIcon from '@material-ui/icons/CloudOff';
import type { AccessResponse } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditTranslationRef } from '../../translations';
import { ListMessage } from '../AuditList';
import { Card, Cards, Panel } from '../Panel';
import { RoleRules } from '../RoleRules';
import classes from './AccessPage.module.css';

/** The clusters that the user may reach, and what each role allows there. */
export function ClustersPanel(props: {
  access: AccessResponse;
  onReload: () => void;
}) {
  const { access, onReload } = props;
  const { t } = useTranslationRef(kubernetesAuditTranslationRef);
  if (access.clusters.length === 0) {
    return (
      <ListMessage
        icon={<CloudOffIcon fontSize="inherit" />}
        title={t('access.noClusters')}
        actions={
          <Button variant="secondary" onPress={onReload}>
            {t('list.refresh')}
          </Button>
        }
      >
        <p>{t('access.noClustersHint')}</p>
      </ListMessage>
    );
  }
  return (
    <Panel title={t('access.clusters')}>
      <Cards>
        {access.clusters.map(cluster => (
          <Card key={cluster.name} title={cluster.name}>
            <span className={classes.address}>{cluster.server}</span>
            {access.roles
              .filter(({ name }) => cluster.roles.includes(name))
              .map(role => (
                <div key={role.name}>
                  <h4 className={classes.roleName}>
                    {t('access.role', { role: role.name })}
                  </h4>
                  <RoleRules role={role} />
                </div>
              ))}
          </Card>
        ))}
      </Cards>
      <p className={classes.text}>{t('access.rulesHint')}</p>
    </Panel>
  );
}
