import Router from 'express-promise-router';
import type { DeliveryWatch } from '../ingest';
import { parseListQuery } from './listQuery';
import type { UserRouteFactory } from './userRoute';

/** What of the agents' records is not among the events. */
export function createDeliveryRouter(options: {
  userRoute: UserRouteFactory;
  delivery: DeliveryWatch;
}) {
  const { userRoute, delivery } = options;
  const router = Router();

  router.get(
    '/v1/events/delivery',
    userRoute(
      { eventId: 'delivery-read' },
      async ({ request, response, credentials }) => {
        const { from, to } = parseListQuery(request);
        response.json(await delivery.report(credentials, { from, to }));
      },
    ),
  );

  router.get(
    '/v1/dead-letters',
    userRoute(
      { eventId: 'dead-letter-list', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        const { limit, cursor } = parseListQuery(request);
        response.json(
          await delivery.deadLetters(credentials, { limit, cursor }),
        );
      },
    ),
  );

  return router;
}
