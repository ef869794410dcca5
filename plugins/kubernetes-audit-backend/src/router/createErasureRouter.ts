import express from 'express';
import Router from 'express-promise-router';
import { erasureRequestSchema } from 'backstage-plugin-kubernetes-audit-common';
import type { PersonErasure } from '../erasure';
import type { UserRouteFactory } from './userRoute';

/** A name and a reference. */
const MAX_ERASURE_REQUEST_BYTES = 8192;

/** `/v1/erasures` */
export function createErasureRouter(options: {
  userRoute: UserRouteFactory;
  erasure: PersonErasure;
}) {
  const { userRoute, erasure } = options;
  const router = Router();

  router.post(
    '/v1/erasures',
    express.json({ limit: MAX_ERASURE_REQUEST_BYTES }),
    userRoute(
      {
        eventId: 'person-erase',
        severityLevel: 'critical',
        // Not who is erased: the audit log would know it for ever.
        meta: ({ body }) => ({
          reference: erasureRequestSchema.safeParse(body).data?.reference,
        }),
      },
      async ({ request, response, credentials }) => {
        const { person } = erasureRequestSchema.parse(request.body);
        response.json(await erasure.erase(credentials, person));
      },
    ),
  );

  return router;
}
