import {
  createApiFactory,
  createPlugin,
  createRoutableExtension,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/core-plugin-api';
import { PLUGIN_ID } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditApiRef, KubernetesAuditClient } from './api';
import {
  accessRouteRef,
  agentsRouteRef,
  entityKubernetesCallsRouteRef,
  recordingsRouteRef,
  requestAuditRouteRef,
  rolesRouteRef,
} from './routes';

/** The plugin for apps on the legacy frontend system. @public */
export const kubernetesAuditPlugin = createPlugin({
  id: PLUGIN_ID,
  routes: {
    requests: requestAuditRouteRef,
    recordings: recordingsRouteRef,
    agents: agentsRouteRef,
    entityCalls: entityKubernetesCallsRouteRef,
    access: accessRouteRef,
    roles: rolesRouteRef,
  },
  apis: [
    createApiFactory({
      api: kubernetesAuditApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: dependencies => KubernetesAuditClient.create(dependencies),
    }),
  ],
});

/** Mount at `/admin/audit/kubernetes/requests`. @public */
export const RequestAuditPage = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'RequestAuditPage',
    component: () =>
      import('./components/LegacyPages').then(m => m.LegacyRequestAuditPage),
    mountPoint: requestAuditRouteRef,
  }),
);

/** Mount at `/admin/audit/kubernetes/recordings`. @public */
export const PodSessionRecordingsPage = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'PodSessionRecordingsPage',
    component: () =>
      import('./components/LegacyPages').then(m => m.LegacyRecordingsPage),
    mountPoint: recordingsRouteRef,
  }),
);

/** Mount at `/admin/audit/kubernetes/agents`. @public */
export const ProxiesAndTunnelsPage = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'ProxiesAndTunnelsPage',
    component: () =>
      import('./components/LegacyPages').then(m => m.LegacyAgentsPage),
    mountPoint: agentsRouteRef,
  }),
);

/**
 * Mount as a tab of entity pages, `if={isKubernetesCallsAvailable}`.
 *
 * @public
 */
export const EntityKubernetesCallsContent = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'EntityKubernetesCallsContent',
    component: () =>
      import('./components/EntityKubernetesCalls').then(
        m => m.EntityKubernetesCalls,
      ),
    mountPoint: entityKubernetesCallsRouteRef,
  }),
);

/** Mount at `/admin/audit/kubernetes/roles`. @public */
export const KubernetesRolesPage = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'KubernetesRolesPage',
    component: () =>
      import('./components/LegacyPages').then(m => m.LegacyRolesPage),
    mountPoint: rolesRouteRef,
  }),
);

/** Mount at `/kubernetes-access`. @public */
export const KubernetesAccessPage = kubernetesAuditPlugin.provide(
  createRoutableExtension({
    name: 'KubernetesAccessPage',
    component: () =>
      import('./components/LegacyPages').then(m => m.LegacyAccessPage),
    mountPoint: accessRouteRef,
  }),
);
