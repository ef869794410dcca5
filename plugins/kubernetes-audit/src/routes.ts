import { createRouteRef } from '@backstage/core-plugin-api';

/** *Request Audit*. @public */
export const requestAuditRouteRef = createRouteRef({
  id: 'kubernetes-audit:requests',
});

/** *Pod Session Recordings*. @public */
export const recordingsRouteRef = createRouteRef({
  id: 'kubernetes-audit:recordings',
});

/** *Kubernetes calls*, of an entity. @public */
export const entityKubernetesCallsRouteRef = createRouteRef({
  id: 'kubernetes-audit:entity-calls',
});

/** *Proxies and tunnels*. @public */
export const agentsRouteRef = createRouteRef({
  id: 'kubernetes-audit:agents',
});

/** *Kubernetes Access*. @public */
export const accessRouteRef = createRouteRef({
  id: 'kubernetes-audit:access',
});

/** *Roles*. @public */
export const rolesRouteRef = createRouteRef({
  id: 'kubernetes-audit:roles',
});
