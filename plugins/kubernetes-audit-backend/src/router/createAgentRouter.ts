import express, { Response } from 'express';
import Router from 'express-promise-router';
import { createHash } from 'node:crypto';
import { agentHeartbeatSchema } from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { PolicyBundles, SignedBundle } from '../access';
import type { Agent, AgentDirectory } from '../agents';
import type { Clock } from '../Clock';
import type { AgentRouteFactory } from './agentRoute';

/** The longest poll, in seconds; who asks for a longer one gets this one. */
const MAX_WAIT_SECONDS = 60;
/** How often a poll looks whether the policy has changed, in milliseconds. */
const POLL_MS = 1000;
/** Bytes of a heartbeat: 10,000 clusters with some tags each. */
const MAX_HEARTBEAT_BYTES = 8 * 1024 * 1024;

/** Characters of an entity tag that tell what the agent is bound to. */
const BINDING_DIGITS = 12;

const waitSchema = z.object({
  wait: z.coerce
    .number()
    .nonnegative()
    .default(0)
    .transform(seconds => Math.min(seconds, MAX_WAIT_SECONDS)),
});

/** `/v1/agent`, for agents: their policy and how they are. */
export function createAgentRouter(options: {
  agentRoute: AgentRouteFactory;
  bundles: Pick<PolicyBundles, 'getCurrent'>;
  agents: Pick<AgentDirectory, 'announce'>;
  clock: Clock;
  /** Ends the polls that wait. */
  shutdown: AbortSignal;
}) {
  const { agentRoute, bundles, agents, clock, shutdown } = options;
  const router = Router();

  router.get(
    '/v1/agent/bundle',
    agentRoute({}, async ({ agent, request, response }) => {
      const { wait } = waitSchema.parse(request.query);
      const known = entityTags(request.get('If-None-Match'));
      const deadline = clock.now() + wait * 1000;
      const stop = AbortSignal.any([closed(response), shutdown]);

      let current = boundTo(agent, await bundles.getCurrent());
      while (
        known.has(current.etag) &&
        clock.now() < deadline &&
        !stop.aborted
      ) {
        await clock.sleep(Math.min(POLL_MS, deadline - clock.now()), stop);
        current = boundTo(agent, await bundles.getCurrent());
      }
      sendBundle(response, current, known);
    }),
  );

  router.post(
    '/v1/agent/heartbeat',
    agentRoute(
      {
        parser: express.json({ limit: MAX_HEARTBEAT_BYTES, type: () => true }),
      },
      async ({ agent, response, body }) => {
        response.json(
          await agents.announce(agent, agentHeartbeatSchema.parse(body)),
        );
      },
    ),
  );

  return router;
}

/** The policy as this agent gets it. */
function boundTo(
  { clusters }: Agent,
  { version, etag, answer }: SignedBundle,
): SignedBundle {
  const binding = createHash('sha256')
    .update(JSON.stringify(clusters))
    .digest('base64url')
    .slice(0, BINDING_DIGITS);
  return {
    version,
    etag: etag.replace(/"$/, `.${binding}"`),
    answer: { ...answer, clusters: [...clusters] },
  };
}

function sendBundle(
  response: Response,
  { etag, answer }: SignedBundle,
  known: ReadonlySet<string>,
): void {
  response.set({ ETag: etag, 'Cache-Control': 'no-cache' });
  if (known.has(etag)) {
    response.status(304).end();
  } else {
    response.json(answer);
  }
}

/** The tags of an `If-None-Match`, compared weakly as RFC 9110 says. */
function entityTags(header: string | undefined): ReadonlySet<string> {
  return new Set(header?.match(/"[^"]*"/g) ?? []);
}

/** Aborts when the client goes away, and when the answer is sent. */
function closed(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
