import express, { Request } from 'express';
import Router from 'express-promise-router';
import {
  EVENT_FILE_FORMATS,
  eventExportSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { AuthorizedAuditStore, EventExport } from '../audit';
import { parseListQuery } from './listQuery';
import { requireGoodPassword } from './requireGoodPassword';
import { sendFile } from './sendFile';
import type { UserRouteFactory } from './userRoute';

/** A password and a format. */
const MAX_EXPORT_REQUEST_BYTES = 4096;

const formatSchema = z.object({
  format: z.enum(EVENT_FILE_FORMATS).default('csv'),
});

/** What was read or exported is in the audit log: the query says which events. */
const selectionOf = ({ query }: Request) => ({
  query: Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      // Of an object, the caller may have chosen its `toString`.
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  ),
});

/** `/v1/events` */
export function createEventsRouter(options: {
  userRoute: UserRouteFactory;
  events: AuthorizedAuditStore;
  eventExport: EventExport;
}) {
  const { userRoute, events, eventExport } = options;
  const router = Router();

  router.get(
    '/v1/events',
    userRoute(
      { eventId: 'event-list', severityLevel: 'medium', meta: selectionOf },
      async ({ request, response, credentials }) => {
        response.json(await events.list(credentials, parseListQuery(request)));
      },
    ),
  );

  router.get(
    '/v1/events/histogram',
    userRoute(
      { eventId: 'event-count', severityLevel: 'medium', meta: selectionOf },
      async ({ request, response, credentials }) => {
        response.json(
          await events.histogram(credentials, parseListQuery(request)),
        );
      },
    ),
  );

  router.get(
    '/v1/events/export',
    userRoute(
      { eventId: 'event-export', severityLevel: 'high', meta: selectionOf },
      async ({ request, response, credentials }) => {
        const { format } = formatSchema.parse(request.query);
        const selection = parseListQuery(request);
        await sendFile(
          response,
          await eventExport.download(credentials, selection, format),
        );
      },
    ),
  );

  router.post(
    '/v1/events/export',
    express.json({ limit: MAX_EXPORT_REQUEST_BYTES }),
    userRoute(
      { eventId: 'event-export', severityLevel: 'high', meta: selectionOf },
      async ({ request, response, credentials }) => {
        const selection = parseListQuery(request);
        const file = await eventExport.export(
          credentials,
          selection,
          requireGoodPassword(eventExportSchema.parse(request.body)),
        );
        await sendFile(response, file);
      },
    ),
  );

  // After those above, which it would take for ids.
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
