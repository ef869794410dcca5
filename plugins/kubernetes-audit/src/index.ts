/**
 * *Request Audit* and *Pod Session Recordings*: the pages of Kubernetes Audit.
 *
 * @packageDocumentation
 */
export {
  KubernetesAccessPage,
  kubernetesAuditPlugin,
  KubernetesRolesPage,
  PodSessionRecordingsPage,
  ProxiesAndTunnelsPage,
  RequestAuditPage,
} from './plugin';
export {
  accessRouteRef,
  agentsRouteRef,
  recordingsRouteRef,
  requestAuditRouteRef,
  rolesRouteRef,
} from './routes';
export {
  kubernetesAuditApiRef,
  KubernetesAuditClient,
  type DownloadedFile,
  type DownloadFormat,
  type FileOptions,
  type KubernetesAuditApi,
  type ListRequest,
  type OpenedRecording,
  type RecordingTextRequest,
  type RequestAuditFilter,
  type RequestAuditFilterField,
  type RequestAuditListRequest,
  type RequestAuditSelection,
  type RequestOptions,
} from './api';
export {
  kubernetesAuditTranslationRef,
  kubernetesAuditTranslations,
} from './translations';
