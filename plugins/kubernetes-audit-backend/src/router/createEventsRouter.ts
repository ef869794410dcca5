import Router from 'express-promise-router';
import type { AuthorizedAuditStore } from '../audit';
import { parseListQuery } from './listQuery';
import type { UserRouteFactory } from './userRoute';

/** `/v1/events` */
export function createEventsRouter(options: {
  userRoute: UserRouteFactory;
  events: AuthorizedAuditStore;
}) {
  const { userRoute, events } = options;
  const router = Router();

  router.get(
    '/v1/events',
    userRoute(
      { eventId: 'event-list', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        response.json(await events.list(credentials, parseListQuery(request)));
      },
    ),
  );

  router.get(
    '/v1/events/:id',
    userRoute(
      { eventId: 'event-read', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        response.json(await events.get(credentials, request.params.id));
      },
    ),
  );

  return router;
}
