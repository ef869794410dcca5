import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import DnsIcon from '@material-ui/icons/Dns';
import GroupIcon from '@material-ui/icons/Group';
import ListAltIcon from '@material-ui/icons/ListAlt';
import PlayCircleOutlineIcon from '@material-ui/icons/PlayCircleOutline';
import VpnKeyIcon from '@material-ui/icons/VpnKey';
import {
  accessManagePermission,
  accessUsePermission,
  agentReadPermission,
  PLUGIN_ID,
  recordingReadPermission,
  requestAuditReadPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditApiRef, KubernetesAuditClient } from '../api';
import { isKubernetesCallsAvailable } from '../entity';
import {
  accessRouteRef,
  agentsRouteRef,
  entityKubernetesCallsRouteRef,
  recordingsRouteRef,
  requestAuditRouteRef,
  rolesRouteRef,
} from '../routes';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: kubernetesAuditApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: dependencies => KubernetesAuditClient.create(dependencies),
    }),
});

const startPage = PageBlueprint.make({
  name: 'start',
  params: {
    path: '/admin/audit/kubernetes',
    noHeader: true,
    loader: () =>
      import('../components/AuditStart').then(m => <m.AuditStart />),
  },
});

const requestsPage = PageBlueprint.make({
  name: 'requests',
  params: {
    path: '/admin/audit/kubernetes/requests',
    routeRef: requestAuditRouteRef,
    title: 'Request Audit',
    icon: <ListAltIcon fontSize="inherit" />,
    loader: () =>
      import('../components/RequestAuditPage').then(m => (
        <m.RequestAuditPage />
      )),
  },
  if: { permissions: { $contains: `${requestAuditReadPermission.name}#read` } },
});

const recordingsPage = PageBlueprint.make({
  name: 'recordings',
  params: {
    path: '/admin/audit/kubernetes/recordings',
    routeRef: recordingsRouteRef,
    title: 'Pod Session Recordings',
    icon: <PlayCircleOutlineIcon fontSize="inherit" />,
    loader: () =>
      import('../components/RecordingsPage').then(m => <m.RecordingsPage />),
  },
  if: { permissions: { $contains: `${recordingReadPermission.name}#read` } },
});

const agentsPage = PageBlueprint.make({
  name: 'agents',
  params: {
    path: '/admin/audit/kubernetes/agents',
    routeRef: agentsRouteRef,
    title: 'Proxies and tunnels',
    icon: <DnsIcon fontSize="inherit" />,
    loader: () =>
      import('../components/AgentsPage').then(m => <m.AgentsPage />),
  },
  if: { permissions: { $contains: `${agentReadPermission.name}#read` } },
});

/** Who may not see the calls is told so: no condition hides the tab. */
const entityCalls = EntityContentBlueprint.make({
  name: 'calls',
  params: {
    path: '/kubernetes-calls',
    title: 'Kubernetes calls',
    group: 'operation',
    icon: <ListAltIcon fontSize="inherit" />,
    routeRef: entityKubernetesCallsRouteRef,
    filter: isKubernetesCallsAvailable,
    loader: () =>
      import('../components/EntityKubernetesCalls').then(m => (
        <m.EntityKubernetesCalls />
      )),
  },
});

const rolesPage = PageBlueprint.make({
  name: 'roles',
  params: {
    path: '/admin/audit/kubernetes/roles',
    routeRef: rolesRouteRef,
    title: 'Roles',
    icon: <GroupIcon fontSize="inherit" />,
    loader: () => import('../components/RolesPage').then(m => <m.RolesPage />),
  },
  if: {
    permissions: { $contains: `${accessManagePermission.name}#update` },
  },
});

const accessPage = PageBlueprint.make({
  name: 'access',
  params: {
    path: '/kubernetes-access',
    routeRef: accessRouteRef,
    title: 'Kubernetes Access',
    icon: <VpnKeyIcon fontSize="inherit" />,
    loader: () =>
      import('../components/AccessPage').then(m => <m.AccessPage />),
  },
  if: { permissions: { $contains: accessUsePermission.name } },
});

export {
  kubernetesAuditTranslationRef,
  kubernetesAuditTranslations,
} from '../translations';

/** The plugin for apps on the new frontend system. @alpha */
export default createFrontendPlugin({
  pluginId: PLUGIN_ID,
  title: 'Kubernetes Audit',
  info: { packageJson: () => import('../../package.json') },
  routes: {
    requests: requestAuditRouteRef,
    recordings: recordingsRouteRef,
    agents: agentsRouteRef,
    entityCalls: entityKubernetesCallsRouteRef,
    access: accessRouteRef,
    roles: rolesRouteRef,
  },
  extensions: [
    api,
    startPage,
    requestsPage,
    recordingsPage,
    agentsPage,
    entityCalls,
    rolesPage,
    accessPage,
  ],
});
