import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import express from 'express';
import type { Knex } from 'knex';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { AgentAuthenticator } from '../../../plugins/kubernetes-audit-backend/src/agents';
import {
  AuthorizedAuditStore,
  EventExport,
  openEventStore,
} from '../../../plugins/kubernetes-audit-backend/src/audit';
import {
  EventIngest,
  EventPublisher,
} from '../../../plugins/kubernetes-audit-backend/src/ingest';
import { createAgentRouteFactory } from '../../../plugins/kubernetes-audit-backend/src/router/agentRoute';
import { createEventsRouter } from '../../../plugins/kubernetes-audit-backend/src/router/createEventsRouter';
import { createIngestRouter } from '../../../plugins/kubernetes-audit-backend/src/router/createIngestRouter';
import { createUserRouteFactory } from '../../../plugins/kubernetes-audit-backend/src/router/userRoute';
import { quiet } from './quiet';

/** Who ingests; the header `X-Agent-Id` says so too. */
export const AGENT_ID = 'bench';

const USER = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'user', userEntityRef: 'user:default/bench' },
};
const AGENT = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'service', subject: AGENT_ID },
};

/**
 * The portal's routes of the events over HTTP. What the host does for all
 * plugins alike, authentication and the audit log, does nothing here.
 */
export async function serveStore(knex: Knex) {
  const { store, writer, rollUp } = openEventStore(knex);
  const authorizer = {
    isAllowed: async () => true,
    require: async () => {},
    visible: async () => undefined,
  };
  const done = { success: async () => {}, fail: async () => {} };
  const auditor: AuditorService = { createEvent: async () => done };
  // Users and agents are whoever the route is for.
  const httpAuth = {
    credentials: async (_: unknown, options: { allow: string[] }) =>
      options.allow.includes('user') ? USER : AGENT,
  } as unknown as HttpAuthService;
  const userRoute = createUserRouteFactory({ httpAuth, auditor });
  const agentRoute = createAgentRouteFactory(
    AgentAuthenticator.create({
      httpAuth,
      agents: [{ id: AGENT_ID, subject: AGENT_ID, clusters: ['*'] }],
    }),
  );
  const events = AuthorizedAuditStore.create({ store, authorizer });
  const app = express();
  app.use(
    createEventsRouter({
      userRoute,
      events,
      eventExport: EventExport.create({
        events,
        encryption: 'optional',
        now: Date.now,
      }),
    }),
    createIngestRouter({
      agentRoute,
      events: EventIngest.create({
        knex,
        writer,
        publisher: EventPublisher.create({ sinks: [], logger: quiet }),
        logger: quiet,
        now: Date.now,
      }),
      recordings: {
        putChunk: async () => {
          throw new Error('not measured here');
        },
        complete: async () => {},
      },
    }),
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    writer,
    rollUp,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
