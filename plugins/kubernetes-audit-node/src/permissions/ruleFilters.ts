import type { FilterPredicate } from '@backstage/filter-predicates';
import { z } from 'zod';

const texts = z.array(z.string());

export const userParams = z.object({
  userEntityRefs: texts.describe('Entity refs of users, user:default/jane'),
});

export const clusterParams = z.object({
  clusters: texts.describe('Names of clusters'),
});

export const namespaceParams = z.object({
  namespaces: texts.describe('Names of namespaces'),
});

export const groupParams = z.object({
  groups: texts.describe('Names of Kubernetes groups'),
});

export function ofUser({
  userEntityRefs,
}: z.infer<typeof userParams>): FilterPredicate {
  return { userEntityRef: { $in: userEntityRefs } };
}

export function inCluster({
  clusters,
}: z.infer<typeof clusterParams>): FilterPredicate {
  return { clusterName: { $in: clusters } };
}

export function inNamespace({
  namespaces,
}: z.infer<typeof namespaceParams>): FilterPredicate {
  return { namespace: { $in: namespaces } };
}

export function inGroup({
  groups,
}: z.infer<typeof groupParams>): FilterPredicate {
  return {
    $any: groups.map(group => ({ kubernetesGroups: { $contains: group } })),
  };
}
