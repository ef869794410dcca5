import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import {
  joinTokenRequestSchema,
  tunnelJoinSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import type { TunnelService } from '../tunnels';
import type { AgentRouteFactory } from './agentRoute';
import { storableText } from './storableText';
import type { UserRouteFactory } from './userRoute';

/** Bytes of a body. */
const MAX_BODY_BYTES = 256 * 1024;

const tokenIdSchema = z.object({ id: z.uuid() });

/** `/v1/tunnels`, for users, and the joins that proxies relay. */
export function createTunnelsRouter(options: {
  userRoute: UserRouteFactory;
  agentRoute: AgentRouteFactory;
  tunnels: TunnelService;
}) {
  const { userRoute, agentRoute, tunnels } = options;
  const router = Router();

  router.post(
    '/v1/tunnels/tokens',
    express.json({ limit: MAX_BODY_BYTES }),
    userRoute(
      {
        eventId: 'tunnel-token-issue',
        severityLevel: 'high',
        meta: ({ body }) => ({
          name: joinTokenRequestSchema.safeParse(body).data?.name,
        }),
      },
      async ({ request, response, credentials }) => {
        const wanted = joinTokenRequestSchema.parse(request.body);
        const token = await tunnels.issueToken(credentials, wanted);
        response.set('Cache-Control', 'no-store').json(token);
      },
    ),
  );

  router.get(
    '/v1/tunnels/tokens',
    userRoute(
      { eventId: 'tunnel-token-list' },
      async ({ response, credentials }) => {
        response.json({ items: await tunnels.listTokens(credentials) });
      },
    ),
  );

  router.delete(
    '/v1/tunnels/tokens/:id',
    userRoute(
      { eventId: 'tunnel-token-revoke', severityLevel: 'high' },
      async ({ request, response, credentials }) => {
        const { id } = tokenIdSchema.parse(request.params);
        await tunnels.revokeToken(credentials, id);
        response.status(204).end();
      },
    ),
  );

  router.delete(
    '/v1/tunnels/:name',
    userRoute(
      { eventId: 'tunnel-revoke', severityLevel: 'high' },
      async ({ request, response, credentials }) => {
        const name = storableText.parse(request.params.name);
        await tunnels.revoke(credentials, name);
        response.status(204).end();
      },
    ),
  );

  router.post(
    '/v1/agent/tunnels/join',
    agentRoute(
      { parser: express.json({ limit: MAX_BODY_BYTES, type: () => true }) },
      async ({ agent, response, body }) => {
        const wanted = tunnelJoinSchema.parse(body);
        response.json(await tunnels.join(wanted, agent.id));
      },
    ),
  );

  return router;
}
