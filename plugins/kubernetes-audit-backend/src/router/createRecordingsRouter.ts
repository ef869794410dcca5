import express, { Response } from 'express';
import Router from 'express-promise-router';
import { pipeline } from 'node:stream/promises';
import {
  legalHoldSchema,
  RECORDING_FILE_FORMATS,
  recordingExportSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type {
  PlaybackLog,
  RecordingFile,
  RecordingLibrary,
} from '../recordings';
import { parseListQuery } from './listQuery';
import { parseChunkIndex } from './parseChunkIndex';
import { sendEncoded } from './sendEncoded';
import type { UserRequest, UserRouteFactory } from './userRoute';

/** A password and a format. */
const MAX_EXPORT_REQUEST_BYTES = 4096;
/** A reason. */
const MAX_HOLD_REQUEST_BYTES = 8192;

const downloadSchema = z.object({
  format: z.enum(RECORDING_FILE_FORMATS).default('v2'),
});

/** `/v1/recordings` */
export function createRecordingsRouter(options: {
  userRoute: UserRouteFactory;
  recordings: RecordingLibrary;
  playbacks: PlaybackLog;
}) {
  const { userRoute, recordings, playbacks } = options;
  const router = Router();

  const touchPlayback = ({ request, credentials }: UserRequest) =>
    playbacks.touch(credentials.principal.userEntityRef, request.params.id);

  router.get(
    '/v1/recordings',
    userRoute(
      { eventId: 'recording-list', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        response.json(
          await recordings.list(credentials, parseListQuery(request)),
        );
      },
    ),
  );

  router.get(
    '/v1/recordings/:id',
    userRoute(
      { eventId: 'recording-play', severityLevel: 'medium' },
      async userRequest => {
        const { request, response, credentials } = userRequest;
        const recording = await recordings.open(credentials, request.params.id);
        touchPlayback(userRequest);
        response.json(recording);
      },
    ),
  );

  router.get(
    '/v1/recordings/:id/chunks/:index',
    userRoute(
      {
        eventId: 'recording-play',
        severityLevel: 'medium',
        isContinued: ({ request, credentials }) =>
          playbacks.isRunning(
            credentials.principal.userEntityRef,
            request.params.id,
          ),
      },
      async userRequest => {
        const { request, response, credentials } = userRequest;
        const chunk = await recordings.readChunk(
          credentials,
          request.params.id,
          parseChunkIndex(request),
        );
        touchPlayback(userRequest);
        await sendEncoded(request, response, chunk);
      },
    ),
  );

  router.get(
    '/v1/recordings/:id/download',
    userRoute(
      { eventId: 'recording-download', severityLevel: 'high' },
      async ({ request, response, credentials }) => {
        const { format } = downloadSchema.parse(request.query);
        const file = await recordings.download(
          credentials,
          request.params.id,
          format,
        );
        await sendFile(response, file);
      },
    ),
  );

  router.post(
    '/v1/recordings/:id/export',
    express.json({ limit: MAX_EXPORT_REQUEST_BYTES }),
    userRoute(
      { eventId: 'recording-export', severityLevel: 'high' },
      async ({ request, response, credentials }) => {
        const file = await recordings.export(
          credentials,
          request.params.id,
          recordingExportSchema.parse(request.body),
        );
        await sendFile(response, file);
      },
    ),
  );

  router.put(
    '/v1/recordings/:id/legal-hold',
    express.json({ limit: MAX_HOLD_REQUEST_BYTES }),
    userRoute(
      {
        eventId: 'recording-hold',
        severityLevel: 'high',
        meta: ({ body }) => ({
          reason: legalHoldSchema.safeParse(body).data?.reason,
        }),
      },
      async ({ request, response, credentials }) => {
        const { reason } = legalHoldSchema.parse(request.body);
        await recordings.setLegalHold(credentials, request.params.id, reason);
        response.status(204).end();
      },
    ),
  );

  router.delete(
    '/v1/recordings/:id/legal-hold',
    userRoute(
      { eventId: 'recording-release', severityLevel: 'high' },
      async ({ request, response, credentials }) => {
        await recordings.setLegalHold(
          credentials,
          request.params.id,
          undefined,
        );
        response.status(204).end();
      },
    ),
  );

  return router;
}

async function sendFile(
  response: Response,
  { fileName, contentType, content }: RecordingFile,
): Promise<void> {
  response.set({
    'Content-Type': contentType,
    'Content-Disposition': `attachment; filename="${fileName}"`,
    'Cache-Control': 'no-store',
  });
  await pipeline(content, response);
}
