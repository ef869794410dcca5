import type { CredentialClaims } from '../credential';
import type { CompiledRole } from './CompiledRole';

/** Kubernetes binds rights to such names; RBAC cannot keep a proxy from impersonating them. */
const SYSTEM_PREFIX = 'system:';
const ALL_AUTHENTICATED = 'system:authenticated';

/** As whom a call reaches the cluster. @public */
export type Impersonation = { user: string; groups: string[] };

/** What a client asks for with `--as` and `--as-group`. @public */
export type RequestedImpersonation = {
  user: string | undefined;
  groups: string[];
};

/** The result of {@link resolveImpersonation}. @public */
export type ImpersonationResult =
  | { ok: true; impersonation: Impersonation }
  | { ok: false; reason: string };

const isSystemName = (name: string) =>
  name.toLowerCase().startsWith(SYSTEM_PREFIX);

/**
 * As whom the user's call is sent. Without `--as`: the user with the role's
 * groups. With it: exactly what was asked for, if the role allows each part.
 *
 * @public
 */
export function resolveImpersonation(
  claims: CredentialClaims,
  { role, mayImpersonateUser, mayImpersonateGroup }: CompiledRole,
  requested: RequestedImpersonation,
): ImpersonationResult {
  if (requested.user === undefined && requested.groups.length === 0) {
    const refused = [claims.kubernetesUser, ...role.kubernetesGroups].find(
      name => isSystemName(name) && name !== ALL_AUTHENTICATED,
    );
    if (refused !== undefined) {
      return {
        ok: false,
        reason: `role "${role.name}": "${refused}" is a name of the system and is never impersonated`,
      };
    }
    return {
      ok: true,
      impersonation: {
        user: claims.kubernetesUser,
        groups: [...new Set([...role.kubernetesGroups, ALL_AUTHENTICATED])],
      },
    };
  }

  const { user, groups } = requested;
  if (user === undefined) {
    return { ok: false, reason: '--as-group needs --as' };
  }
  const system = [user, ...groups].find(isSystemName);
  if (system !== undefined) {
    return {
      ok: false,
      reason: `"${system}" is a name of the system and is never impersonated`,
    };
  }
  if (!mayImpersonateUser(user)) {
    return {
      ok: false,
      reason: `role "${role.name}" does not allow --as=${user}`,
    };
  }
  const group = groups.find(name => !mayImpersonateGroup(name));
  if (group !== undefined) {
    return {
      ok: false,
      reason: `role "${role.name}" does not allow --as-group=${group}`,
    };
  }
  return { ok: true, impersonation: { user, groups } };
}
