import Router from 'express-promise-router';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import {
  PlaybackLog,
  RECORDING_FILE_FORMATS,
  RecordingLibrary,
} from '../recordings';
import { parseListQuery } from './listQuery';
import { parseChunkIndex } from './parseChunkIndex';
import { sendEncoded } from './sendEncoded';
import type { UserRequest, UserRouteFactory } from './userRoute';

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
        response.set({
          'Content-Type': file.contentType,
          'Content-Disposition': `attachment; filename="${file.fileName}"`,
          'Cache-Control': 'no-store',
        });
        await pipeline(Readable.from(file.content), response);
      },
    ),
  );

  return router;
}
