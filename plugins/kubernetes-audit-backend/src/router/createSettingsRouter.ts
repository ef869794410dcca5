import Router from 'express-promise-router';
import type { PageSettings } from 'backstage-plugin-kubernetes-audit-common';
import type { UserRouteFactory } from './userRoute';

/** `/v1/settings`, for the pages of all users. */
export function createSettingsRouter(options: {
  userRoute: UserRouteFactory;
  settings: PageSettings;
}) {
  const { userRoute, settings } = options;
  const router = Router();

  router.get(
    '/v1/settings',
    userRoute({ eventId: 'settings-read' }, async ({ response }) => {
      response.json(settings);
    }),
  );

  return router;
}
