import {
  AuthorizeResult,
  isPermission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import {
  recordingViewPermission,
  requestAuditViewPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  createRecordingConditionalDecision,
  createRequestAuditEventConditionalDecision,
  recordingConditions,
  requestAuditEventConditions,
} from 'backstage-plugin-kubernetes-audit-node';

const ADMINISTRATORS = 'group:default/platform-admins';
/** Which namespaces are whose. */
const TEAMS = new Map([
  ['group:default/payments', ['payments', 'payments-test']],
]);
/** What everybody may open; what is in it is decided by the conditions. */
const EVERYBODYS = new Set([
  'kubernetes-audit.access.use',
  'kubernetes-audit.event.read',
  'kubernetes-audit.recording.read',
  'kubernetes-audit.recording.play',
]);

/** Administrators see all; others their own calls and sessions, and the calls in their team's namespaces. */
export class TeamAuditPolicy implements PermissionPolicy {
  async handle(
    { permission }: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    if (!permission.name.startsWith('kubernetes-audit.')) {
      return { result: AuthorizeResult.ALLOW }; // the rest of your portal
    }
    const groups = user?.info.ownershipEntityRefs ?? [];
    if (groups.includes(ADMINISTRATORS)) {
      return { result: AuthorizeResult.ALLOW };
    }
    const own = { userEntityRefs: user ? [user.info.userEntityRef] : [] };
    if (isPermission(permission, requestAuditViewPermission)) {
      const namespaces = groups.flatMap(group => TEAMS.get(group) ?? []);
      return createRequestAuditEventConditionalDecision(permission, {
        anyOf: [
          requestAuditEventConditions.isOfUser(own),
          requestAuditEventConditions.isInNamespace({ namespaces }),
        ],
      });
    }
    if (isPermission(permission, recordingViewPermission)) {
      return createRecordingConditionalDecision(
        permission,
        recordingConditions.isOfUser(own),
      );
    }
    return {
      result: EVERYBODYS.has(permission.name)
        ? AuthorizeResult.ALLOW
        : AuthorizeResult.DENY,
    };
  }
}
