import {
  compileNamePattern,
  compileNetworks,
  Role,
} from 'backstage-plugin-kubernetes-audit-common';
import type { z } from 'zod';

/**
 * Reports the expressions and addresses of a role that no proxy could read: a
 * bundle with one of them would be refused by all of them.
 */
export function checkRole(role: Role, context: z.RefinementCtx): void {
  const report = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  const checkPatterns = (
    path: (string | number)[],
    patterns: readonly string[] | Record<string, string>,
  ) => {
    for (const [key, pattern] of Object.entries(patterns)) {
      try {
        compileNamePattern(pattern);
      } catch (error) {
        const at = Array.isArray(patterns) ? Number(key) : key;
        report([...path, at], `not an expression of RE2: ${error}`);
      }
    }
  };

  if (Array.isArray(role.clusters)) {
    checkPatterns(['clusters'], role.clusters);
  } else {
    checkPatterns(['clusters', 'tags'], role.clusters.tags);
  }
  checkPatterns(['impersonation', 'users'], role.impersonation.users);
  checkPatterns(['impersonation', 'groups'], role.impersonation.groups);
  role.rules.forEach(({ effect: _, ...lists }, i) => {
    for (const [list, patterns] of Object.entries(lists)) {
      checkPatterns(['rules', i, list], patterns);
    }
  });
  role.conditions.clientIps?.forEach((range, i) => {
    if (!isNetwork(range)) {
      report(
        ['conditions', 'clientIps', i],
        'expected an address or a network like 10.0.0.0/8',
      );
    }
  });
}

function isNetwork(range: string): boolean {
  try {
    compileNetworks([range]);
    return true;
  } catch {
    return false;
  }
}
