import { Role, roleSchema } from 'backstage-plugin-kubernetes-audit-common';

/** Whom calls are for where they go past the proxy. */
export const IMPERSONATED = { user: 'guest', group: 'developers' };

/** One role: all of namespace `dev`. */
export function recordingRoles(): Role[] {
  return [
    roleSchema.parse({
      name: 'developer',
      subjects: ['user:default/guest'],
      clusters: ['*'],
      kubernetesGroups: [IMPERSONATED.group],
      rules: [
        {
          effect: 'allow',
          apiGroups: ['*'],
          resources: ['pods', 'pods/*'],
          namespaces: ['dev'],
          verbs: ['*'],
        },
      ],
    }),
  ];
}
