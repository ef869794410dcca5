/** Annotations of Backstage's own Kubernetes plugin, which an entity may have already. */
export const KUBERNETES_ANNOTATIONS = {
  id: 'backstage.io/kubernetes-id',
  namespace: 'backstage.io/kubernetes-namespace',
  labelSelector: 'backstage.io/kubernetes-label-selector',
  cluster: 'backstage.io/kubernetes-cluster',
} as const;
