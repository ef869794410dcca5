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
import { TitledPage } from '../components/TitledPage';
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

const REQUESTS = {
  title: 'Request Audit',
  icon: <ListAltIcon fontSize="inherit" />,
  routeRef: requestAuditRouteRef,
};
const requestsPage = PageBlueprint.make({
  name: 'requests',
  params: {
    path: '/admin/audit/kubernetes/requests',
    ...REQUESTS,
    noHeader: true,
    loader: () =>
      import('../components/RequestAuditPage').then(m => (
        <TitledPage {...REQUESTS} name="requests">
          <m.RequestAuditPage />
        </TitledPage>
      )),
  },
  if: { permissions: { $contains: `${requestAuditReadPermission.name}#read` } },
});

const RECORDINGS = {
  title: 'Pod Session Recordings',
  icon: <PlayCircleOutlineIcon fontSize="inherit" />,
  routeRef: recordingsRouteRef,
};
const recordingsPage = PageBlueprint.make({
  name: 'recordings',
  params: {
    path: '/admin/audit/kubernetes/recordings',
    ...RECORDINGS,
    noHeader: true,
    loader: () =>
      import('../components/RecordingsPage').then(m => (
        <TitledPage {...RECORDINGS} name="recordings">
          <m.RecordingsPage />
        </TitledPage>
      )),
  },
  if: { permissions: { $contains: `${recordingReadPermission.name}#read` } },
});

const AGENTS = {
  title: 'Proxies and tunnels',
  icon: <DnsIcon fontSize="inherit" />,
  routeRef: agentsRouteRef,
};
const agentsPage = PageBlueprint.make({
  name: 'agents',
  params: {
    path: '/admin/audit/kubernetes/agents',
    ...AGENTS,
    noHeader: true,
    loader: () =>
      import('../components/AgentsPage').then(m => (
        <TitledPage {...AGENTS} name="agents">
          <m.AgentsPage />
        </TitledPage>
      )),
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

const ROLES = {
  title: 'Roles',
  icon: <GroupIcon fontSize="inherit" />,
  routeRef: rolesRouteRef,
};
const rolesPage = PageBlueprint.make({
  name: 'roles',
  params: {
    path: '/admin/audit/kubernetes/roles',
    ...ROLES,
    noHeader: true,
    loader: () =>
      import('../components/RolesPage').then(m => (
        <TitledPage {...ROLES} name="roles">
          <m.RolesPage />
        </TitledPage>
      )),
  },
  if: {
    permissions: { $contains: `${accessManagePermission.name}#update` },
  },
});

const ACCESS = {
  title: 'Kubernetes Access',
  icon: <VpnKeyIcon fontSize="inherit" />,
  routeRef: accessRouteRef,
};
const accessPage = PageBlueprint.make({
  name: 'access',
  params: {
    path: '/kubernetes-access',
    ...ACCESS,
    noHeader: true,
    loader: () =>
      import('../components/AccessPage').then(m => (
        <TitledPage {...ACCESS} name="access">
          <m.AccessPage />
        </TitledPage>
      )),
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
