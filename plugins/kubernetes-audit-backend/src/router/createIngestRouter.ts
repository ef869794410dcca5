import express from 'express';
import Router from 'express-promise-router';
import {
  recordingCompletionSchema,
  SPOOL_EPOCH_HEADER,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { EventIngest } from '../ingest';
import { MAX_CHUNK_BYTES, RecordingIngest } from '../recordings';
import { Admission } from './Admission';
import type { AgentRouteFactory } from './agentRoute';
import { parseChunkIndex } from './parseChunkIndex';

/** Bytes of a batch of events, without compression: the parser stops there, however small the batch came. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/**
 * Batches at once: each holds its bytes in memory and a connection of the
 * database, of which pages must keep some. Proxies give up waiting after 30 s.
 */
const EVENT_ADMISSION = {
  running: 4,
  runningOfOne: 3,
  waitingOfOne: 32,
  waitMs: 10_000,
  retryAfterSeconds: 2,
};
/** Chunks at once: each holds up to 16 MiB in memory, and a frame of it unfolded. */
const CHUNK_ADMISSION = {
  running: 8,
  runningOfOne: 4,
  waitingOfOne: 32,
  waitMs: 10_000,
  retryAfterSeconds: 2,
};
/** A body that is not whole after so long, in milliseconds, makes room: its proxy has given up as well. */
const BODY_TIMEOUT_MS = 30_000;
const MAX_COMPLETION_BYTES = 64 * 1024;

/** A body as bytes; gzip is undone. Agents need not name the type. */
const bytes = (limit: number) => express.raw({ limit, type: () => true });

const epochSchema = z.uuid(`${SPOOL_EPOCH_HEADER}: expected a UUID`);
const recordingIdSchema = z.uuid('id: expected a UUID');

/** `/v1/ingest`, for agents: events and recordings come in. */
export function createIngestRouter(options: {
  agentRoute: AgentRouteFactory;
  events: EventIngest;
  recordings: Pick<RecordingIngest, 'putChunk' | 'complete'>;
}) {
  const { agentRoute, events, recordings } = options;
  const recordingAdmission = Admission.create(CHUNK_ADMISSION);
  const router = Router();

  router.post(
    '/v1/ingest/events',
    agentRoute(
      {
        parser: bytes(MAX_BATCH_BYTES),
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        admission: Admission.create(EVENT_ADMISSION),
      },
      async ({ agent, request, response, body }) => {
        const epoch = epochSchema.parse(request.get(SPOOL_EPOCH_HEADER));
        response.json(
          await events.ingest({ agent, epoch, body: toBuffer(body) }),
        );
      },
    ),
  );

  router.put(
    '/v1/ingest/recordings/:id/chunks/:index',
    agentRoute(
      {
        parser: bytes(MAX_CHUNK_BYTES),
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        admission: recordingAdmission,
      },
      async ({ agent, request, response, body }) => {
        response.json(
          await recordings.putChunk(agent, {
            id: recordingIdSchema.parse(request.params.id),
            index: parseChunkIndex(request),
            bytes: toBuffer(body),
          }),
        );
      },
    ),
  );

  router.post(
    '/v1/ingest/recordings/:id/complete',
    agentRoute(
      {
        parser: express.json({ limit: MAX_COMPLETION_BYTES, type: () => true }),
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        admission: recordingAdmission,
      },
      async ({ agent, request, response, body }) => {
        await recordings.complete(
          agent,
          recordingIdSchema.parse(request.params.id),
          recordingCompletionSchema.parse(body),
        );
        response.json({});
      },
    ),
  );

  return router;
}

/** The parser leaves something else where there was no body. */
function toBuffer(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
