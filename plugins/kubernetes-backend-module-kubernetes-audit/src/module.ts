import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  kubernetesAuthStrategyExtensionPoint,
  kubernetesClusterSupplierExtensionPoint,
} from '@backstage/plugin-kubernetes-node';
import { KUBERNETES_PLUGIN_AUTH_PROVIDER } from 'backstage-plugin-kubernetes-audit-common';
import { AuditedAuthStrategy } from './AuditedAuthStrategy';
import { AuditedClusters } from './AuditedClusters';
import { IssuedTokens } from './IssuedTokens';
import { PortalAccess } from './PortalAccess';

/** Supplies the Kubernetes plugin with the clusters of each user, at the audited proxy. @public */
export const kubernetesAuditModule = createBackendModule({
  pluginId: 'kubernetes',
  moduleId: 'kubernetes-audit',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        clusterSupplier: kubernetesClusterSupplierExtensionPoint,
        authStrategies: kubernetesAuthStrategyExtensionPoint,
      },
      async init({ auth, config, discovery, clusterSupplier, authStrategies }) {
        const tokens: IssuedTokens = new WeakMap();
        clusterSupplier.addClusterSupplier(
          AuditedClusters.create({
            auth,
            access: PortalAccess.create({ auth, discovery, now: Date.now }),
            tokens,
            skipMetricsLookup: config.getOptionalBoolean(
              'kubernetesAudit.kubernetesPlugin.skipMetricsLookup',
            ),
          }),
        );
        authStrategies.addAuthStrategy(
          KUBERNETES_PLUGIN_AUTH_PROVIDER,
          AuditedAuthStrategy.create(tokens),
        );
      },
    });
  },
});
