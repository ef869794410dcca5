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

/** Get a kubeconfig for oneself. @public */
export const accessUsePermission = createPermission({
  name: 'kubernetes-audit.access.use',
  attributes: {},
});

/** See and revoke the credentials of others, and rotate the keys that sign them. @public */
export const accessManagePermission = createPermission({
  name: 'kubernetes-audit.access.manage',
  attributes: { action: 'update' },
});

/** All permissions of the plugin. @public */
export const kubernetesAuditPermissions = [
  requestAuditReadPermission,
  deadLetterReadPermission,
  recordingReadPermission,
  recordingPlayPermission,
  recordingManagePermission,
  agentReadPermission,
  agentManagePermission,
  accessUsePermission,
  accessManagePermission,
];
