import type { PermissionsRegistryService } from '@backstage/backend-plugin-api';
import {
  Recording,
  recordingViewPermission,
  RequestAuditEvent,
  requestAuditViewPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  recordingResourceRef,
  recordingRules,
  requestAuditEventResourceRef,
  requestAuditEventRules,
} from 'backstage-plugin-kubernetes-audit-node';

/** Tells the permission framework of the resources that a policy may decide about by conditions. */
export function addResourceTypes(
  registry: PermissionsRegistryService,
  stores: {
    events: { get(id: string): Promise<RequestAuditEvent | undefined> };
    recordings: { get(id: string): Promise<Recording | undefined> };
  },
): void {
  registry.addResourceType({
    resourceRef: requestAuditEventResourceRef,
    permissions: [requestAuditViewPermission],
    rules: Object.values(requestAuditEventRules),
    getResources: ids => Promise.all(ids.map(id => stores.events.get(id))),
  });
  registry.addResourceType({
    resourceRef: recordingResourceRef,
    permissions: [recordingViewPermission],
    rules: Object.values(recordingRules),
    getResources: ids => Promise.all(ids.map(id => stores.recordings.get(id))),
  });
}
