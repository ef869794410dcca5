import Router from 'express-promise-router';
import type { AgentList } from 'backstage-plugin-kubernetes-audit-common';
import type { AgentDirectory } from '../agents';
import type { TunnelService } from '../tunnels';
import type { UserRouteFactory } from './userRoute';

/** `/v1/agents`, for users. */
export function createAgentsRouter(options: {
  userRoute: UserRouteFactory;
  agents: AgentDirectory;
  tunnels: Pick<TunnelService, 'list' | 'mayManage'>;
}) {
  const { userRoute, agents, tunnels } = options;
  const router = Router();

  router.get(
    '/v1/agents',
    userRoute({ eventId: 'agent-list' }, async ({ response, credentials }) => {
      const list: AgentList = {
        items: await agents.list(credentials),
        tunnels: await tunnels.list(credentials),
        mayManage: await tunnels.mayManage(credentials),
      };
      response.json(list);
    }),
  );

  return router;
}
