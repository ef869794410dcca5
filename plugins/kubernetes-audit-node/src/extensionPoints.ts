import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { BlobStore } from './BlobStore';
import type { EventSink } from './EventSink';

/** @public */
export interface KubernetesAuditBlobStoreExtensionPoint {
  /**
   * Replaces the store on the local disk.
   *
   * @throws Error when another module has set one already
   */
  setBlobStore(store: BlobStore): void;
}

/** Sets where the chunks of recordings are kept. @public */
export const kubernetesAuditBlobStoreExtensionPoint =
  createExtensionPoint<KubernetesAuditBlobStoreExtensionPoint>({
    id: 'kubernetes-audit.blob-store',
  });

/** @public */
export interface KubernetesAuditEventSinkExtensionPoint {
  /**
   * Adds a receiver of audit events.
   *
   * @throws Error when the name is taken
   */
  addEventSink(sink: EventSink): void;
}

/** Adds receivers of audit events. @public */
export const kubernetesAuditEventSinkExtensionPoint =
  createExtensionPoint<KubernetesAuditEventSinkExtensionPoint>({
    id: 'kubernetes-audit.event-sink',
  });
