import { compileRole, Role } from 'backstage-plugin-kubernetes-audit-common';
import type { ServedCluster } from '../agents';

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
  const own = roles
    .filter(role => role.rules.some(rule => rule.effect === 'allow'))
    .map(compileRole)
    .filter(role => role.isFor(subjects));
  return clusters
    .map(cluster => ({
      ...cluster,
      roles: own
        .filter(role => role.coversCluster(cluster))
        .map(({ role }) => role.name),
    }))
    .filter(cluster => cluster.roles.length > 0);
}
