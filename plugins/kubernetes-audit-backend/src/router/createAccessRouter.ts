import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import {
  CREDENTIAL_LIST_STATES,
  decisionRequestSchema,
  kubeconfigRequestSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AccessService, RoleDirectory } from '../access';
import { parseListQuery } from './listQuery';
import { storableText } from './storableText';
import type { UserRouteFactory } from './userRoute';
import { userEntityRefSchema } from './userEntityRefSchema';

const credentialsSchema = z.object({
  /** An entity ref: whose credentials are listed. */
  user: storableText.optional(),
  state: z.enum(CREDENTIAL_LIST_STATES).optional(),
});

/** Bytes of a body: an entity ref, or names of clusters. */
const MAX_BODY_BYTES = 256 * 1024;

const revocationSchema = z.object({ userEntityRef: userEntityRefSchema });
const rotationSchema = z.strictObject({
  /** A key was stolen: what any key signed until now is void. */
  compromised: z.boolean().default(false),
});

/** `/v1/access` */
export function createAccessRouter(options: {
  userRoute: UserRouteFactory;
  access: AccessService;
  roles: RoleDirectory;
}) {
  const { userRoute, access, roles } = options;
  const router = Router();

  router.get(
    '/v1/access',
    userRoute({ eventId: 'access-read' }, async ({ response, credentials }) => {
      response.json(await access.describe(credentials));
    }),
  );

  router.post(
    '/v1/access/kubeconfig',
    express.json({ limit: MAX_BODY_BYTES }),
    userRoute(
      {
        eventId: 'credential-issue',
        severityLevel: 'medium',
        meta: ({ body }) => {
          const asked = kubeconfigRequestSchema.safeParse(body ?? {}).data;
          return { credential: asked?.credential, clusters: asked?.clusters };
        },
      },
      async ({ request, response, credentials }) => {
        const kubeconfig = await access.issueKubeconfig(
          credentials,
          kubeconfigRequestSchema.parse(request.body ?? {}),
        );
        response.set('Cache-Control', 'no-store').json(kubeconfig);
      },
    ),
  );

  router.post(
    '/v1/access/portal-credential',
    userRoute(
      { eventId: 'portal-credential-issue' },
      async ({ response, credentials }) => {
        const portalAccess = await access.issueForPortal(credentials);
        response.set('Cache-Control', 'no-store').json(portalAccess);
      },
    ),
  );

  router.get(
    '/v1/access/credentials',
    userRoute(
      { eventId: 'credential-list' },
      async ({ request, response, credentials }) => {
        const { user, state } = credentialsSchema.parse(request.query);
        const { search, limit, cursor, order } = parseListQuery(request);
        response.json(
          await access.listCredentials(credentials, {
            userEntityRef: user,
            ...{ state, search, limit, cursor, order },
          }),
        );
      },
    ),
  );

  router.delete(
    '/v1/access/credentials/:id',
    userRoute(
      { eventId: 'credential-revoke', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        await access.revokeCredential(credentials, request.params.id);
        response.status(204).end();
      },
    ),
  );

  router.get(
    '/v1/access/revocations',
    userRoute(
      { eventId: 'user-revocation-list' },
      async ({ response, credentials }) => {
        response.json({ items: await access.listUserRevocations(credentials) });
      },
    ),
  );

  router.post(
    '/v1/access/revocations',
    express.json({ limit: MAX_BODY_BYTES }),
    userRoute(
      {
        eventId: 'user-revoke',
        severityLevel: 'high',
        meta: ({ body }) => ({
          userEntityRef: revocationSchema.safeParse(body).data?.userEntityRef,
        }),
      },
      async ({ request, response, credentials }) => {
        const { userEntityRef } = revocationSchema.parse(request.body);
        response.json(await access.revokeUser(credentials, userEntityRef));
      },
    ),
  );

  router.get(
    '/v1/access/roles',
    userRoute({ eventId: 'role-list' }, async ({ response, credentials }) => {
      response.json(await roles.list(credentials));
    }),
  );

  router.post(
    '/v1/access/decisions',
    express.json({ limit: MAX_BODY_BYTES }),
    userRoute(
      {
        eventId: 'decision-explain',
        meta: ({ body }) => ({
          userEntityRef:
            decisionRequestSchema.safeParse(body).data?.userEntityRef,
        }),
      },
      async ({ request, response, credentials }) => {
        response.json(
          await roles.decide(credentials, {
            ...decisionRequestSchema.parse(request.body),
            userEntityRef: userEntityRefSchema.parse(
              request.body.userEntityRef,
            ),
          }),
        );
      },
    ),
  );

  router.post(
    '/v1/access/keys/rotate',
    express.json({ limit: MAX_BODY_BYTES }),
    userRoute(
      {
        eventId: 'key-rotate',
        severityLevel: 'high',
        meta: ({ body }) => ({
          compromised: rotationSchema.safeParse(body).data?.compromised,
        }),
      },
      async ({ request, response, credentials }) => {
        const { compromised } = rotationSchema.parse(request.body ?? {});
        response.json(await access.rotateKeys(credentials, compromised));
      },
    ),
  );

  return router;
}
