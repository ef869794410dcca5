import type { Role } from 'backstage-plugin-kubernetes-audit-common';
import type { ServedCluster } from '../agents';
import { compileNamePattern } from './compileNamePattern';

/** A cluster and the names of the roles that let a user reach it. */
export type ReachableCluster = ServedCluster & { roles: string[] };

/**
 * The clusters that some role lets a user reach. What the user may do there is
 * decided by the proxy, call by call.
 *
 * @param ownershipEntityRefs - the user and its groups
 */
export function reachableClusters(
  clusters: readonly ServedCluster[],
  roles: readonly Role[],
  ownershipEntityRefs: readonly string[],
): ReachableCluster[] {
  const subjects = new Set(ownershipEntityRefs.map(ref => ref.toLowerCase()));
  const own = roles.filter(
    role =>
      role.subjects.some(subject => subjects.has(subject.toLowerCase())) &&
      role.rules.some(rule => rule.effect === 'allow'),
  );
  return clusters
    .map(cluster => ({
      ...cluster,
      roles: own
        .filter(role => selects(role.clusters, cluster))
        .map(role => role.name),
    }))
    .filter(cluster => cluster.roles.length > 0);
}

function selects(selector: Role['clusters'], cluster: ServedCluster): boolean {
  if (Array.isArray(selector)) {
    return selector.some(pattern => compileNamePattern(pattern)(cluster.name));
  }
  const wanted = Object.entries(selector.tags);
  // A selector without tags would select everything by mistake.
  return (
    wanted.length > 0 &&
    wanted.every(
      ([tag, pattern]) =>
        Object.hasOwn(cluster.tags, tag) &&
        compileNamePattern(pattern)(cluster.tags[tag]),
    )
  );
}
