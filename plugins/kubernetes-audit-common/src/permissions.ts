import { createPermission } from '@backstage/plugin-permission-common';

/** See *Request Audit* and its events. @public */
export const requestAuditReadPermission = createPermission({
  name: 'kubernetes-audit.event.read',
  attributes: { action: 'read' },
});

/** See the records that were kept aside because they are no events. @public */
export const deadLetterReadPermission = createPermission({
  name: 'kubernetes-audit.dead-letter.read',
  attributes: { action: 'read' },
});

/** See *Pod Session Recordings*. @public */
export const recordingReadPermission = createPermission({
  name: 'kubernetes-audit.recording.read',
  attributes: { action: 'read' },
});

/** Play or download a recording. @public */
export const recordingPlayPermission = createPermission({
  name: 'kubernetes-audit.recording.play',
  attributes: { action: 'read' },
});

/** Place a legal hold on a recording or take it away. @public */
export const recordingManagePermission = createPermission({
  name: 'kubernetes-audit.recording.manage',
  attributes: { action: 'update' },
});

/** Erase the data of a person. @public */
export const dataErasePermission = createPermission({
  name: 'kubernetes-audit.data.erase',
  attributes: { action: 'delete' },
});

/** See proxies and tunnels. @public */
export const agentReadPermission = createPermission({
  name: 'kubernetes-audit.agent.read',
  attributes: { action: 'read' },
});

/** Let tunnel agents join, and revoke them. @public */
export const agentManagePermission = createPermission({
  name: 'kubernetes-audit.agent.manage',
  attributes: { action: 'update' },
});

/** See _Kubernetes Access_: get a kubeconfig for oneself, sign command lines in. @public */
export const accessUsePermission = createPermission({
  name: 'kubernetes-audit.access.use',
  attributes: {},
});

/** See and revoke the credentials of others, see _Roles_, and rotate the keys that sign credentials. @public */
export const accessManagePermission = createPermission({
  name: 'kubernetes-audit.access.manage',
  attributes: { action: 'update' },
});

/** @public */
export const REQUEST_AUDIT_EVENT_RESOURCE_TYPE = 'kubernetes-audit-event';

/**
 * Which of the events whoever may see _Request Audit_ sees there: a policy may
 * decide by conditions.
 *
 * @public
 */
export const requestAuditViewPermission = createPermission({
  name: 'kubernetes-audit.event.view',
  attributes: { action: 'read' },
  resourceType: REQUEST_AUDIT_EVENT_RESOURCE_TYPE,
});

/** @public */
export const RECORDING_RESOURCE_TYPE = 'kubernetes-audit-recording';

/**
 * Which of the recordings whoever may see the list, or play, has there: a
 * policy may decide by conditions.
 *
 * @public
 */
export const recordingViewPermission = createPermission({
  name: 'kubernetes-audit.recording.view',
  attributes: { action: 'read' },
  resourceType: RECORDING_RESOURCE_TYPE,
});

/** All permissions of the plugin that are not of single resources. @public */
export const kubernetesAuditPermissions = [
  requestAuditReadPermission,
  deadLetterReadPermission,
  recordingReadPermission,
  recordingPlayPermission,
  recordingManagePermission,
  dataErasePermission,
  agentReadPermission,
  agentManagePermission,
  accessUsePermission,
  accessManagePermission,
];
