import Router from 'express-promise-router';
import type { AgentDirectory } from '../agents';
import type { UserRouteFactory } from './userRoute';

/** `/v1/agents`, for users. */
export function createAgentsRouter(options: {
  userRoute: UserRouteFactory;
  agents: AgentDirectory;
}) {
  const { userRoute, agents } = options;
  const router = Router();

  router.get(
    '/v1/agents',
    userRoute({ eventId: 'agent-list' }, async ({ response, credentials }) => {
      response.json({ items: await agents.list(credentials) });
    }),
  );

  return router;
}
