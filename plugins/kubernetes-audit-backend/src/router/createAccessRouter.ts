import Router from 'express-promise-router';
import { z } from 'zod';
import type { AccessService } from '../access';
import type { UserRouteFactory } from './userRoute';

const credentialsSchema = z.object({
  /** An entity ref: whose credentials are listed. */
  user: z.string().optional(),
});

/** `/v1/access` */
export function createAccessRouter(options: {
  userRoute: UserRouteFactory;
  access: AccessService;
}) {
  const { userRoute, access } = options;
  const router = Router();

  router.get(
    '/v1/access',
    userRoute({ eventId: 'access-read' }, async ({ response, credentials }) => {
      response.json(await access.describe(credentials));
    }),
  );

  router.post(
    '/v1/access/kubeconfig',
    userRoute(
      { eventId: 'credential-issue', severityLevel: 'medium' },
      async ({ response, credentials }) => {
        const kubeconfig = await access.issueKubeconfig(credentials);
        response.set('Cache-Control', 'no-store').json(kubeconfig);
      },
    ),
  );

  router.get(
    '/v1/access/credentials',
    userRoute(
      { eventId: 'credential-list' },
      async ({ request, response, credentials }) => {
        const { user } = credentialsSchema.parse(request.query);
        response.json({
          items: await access.listCredentials(credentials, user),
        });
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

  return router;
}
