import type { Entity } from '@backstage/catalog-model';
import { KUBERNETES_ANNOTATIONS } from './kubernetesAnnotations';

/**
 * Whether an entity says by its annotations what it has in Kubernetes: an id, a
 * namespace or a label selector.
 *
 * @public
 */
export function isKubernetesCallsAvailable(entity: Entity): boolean {
  const { id, namespace, labelSelector } = KUBERNETES_ANNOTATIONS;
  return [id, namespace, labelSelector].some(annotation =>
    Boolean(entity.metadata.annotations?.[annotation]?.trim()),
  );
}
