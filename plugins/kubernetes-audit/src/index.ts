/**
 * *Request Audit* and *Pod Session Recordings*: the pages of Kubernetes Audit.
 *
 * @packageDocumentation
 */
export { isKubernetesCallsAvailable } from './entity';
export {
  EntityKubernetesCallsContent,
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
  entityKubernetesCallsRouteRef,
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
  type RecordingFilter,
  type RecordingListRequest,
  type RecordingTextRequest,
  type RequestAuditFilter,
  type RequestAuditFilterField,
  type RequestAuditListRequest,
  type RequestAuditSelection,
  type RequestOptions,
  type TextCondition,
} from './api';
export {
  kubernetesAuditTranslationRef,
  kubernetesAuditTranslations,
} from './translations';
