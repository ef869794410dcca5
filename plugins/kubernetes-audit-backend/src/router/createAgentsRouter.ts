import Router from 'express-promise-router';
import type { AgentDirectory } from '../agents';
import type { TunnelService } from '../tunnels';
import type { UserRouteFactory } from './userRoute';

/** `/v1/agents`, for users. */
export function createAgentsRouter(options: {
  userRoute: UserRouteFactory;
  agents: AgentDirectory;
  tunnels: Pick<TunnelService, 'list'>;
}) {
  const { userRoute, agents, tunnels } = options;
  const router = Router();

  router.get(
    '/v1/agents',
    userRoute({ eventId: 'agent-list' }, async ({ response, credentials }) => {
      response.json({
        items: await agents.list(credentials),
        tunnels: await tunnels.list(credentials),
      });
    }),
  );

  return router;
}
