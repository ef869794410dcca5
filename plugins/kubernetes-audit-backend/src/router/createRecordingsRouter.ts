import express, { Request } from 'express';
import Router from 'express-promise-router';
import {
  legalHoldSchema,
  RECORDING_FILE_FORMATS,
  recordingExportSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type {
  PlaybackLog,
  RecordingLibrary,
  RecordingReplay,
} from '../recordings';
import { parseListQuery } from './listQuery';
import { parseChunkIndex } from './parseChunkIndex';
import { sendEncoded } from './sendEncoded';
import { requireGoodPassword } from './requireGoodPassword';
import { sendFile } from './sendFile';
import type { RouteAudit, UserRequest, UserRouteFactory } from './userRoute';

/** A password and a format. */
const MAX_EXPORT_REQUEST_BYTES = 4096;
/** Characters of a search in a recording's text at the most. */
const MAX_SEARCH = 256;
/** Lines of a recording's text in one answer. */
const DEFAULT_LINES = 200;
const MAX_LINES = 2000;
/** A reason. */
const MAX_HOLD_REQUEST_BYTES = 8192;

const downloadSchema = z.object({
  format: z.enum(RECORDING_FILE_FORMATS).default('v2'),
});

const timeSchema = z.object({
  /** Microseconds since the recording's start. */
  t: z.coerce.number().int().nonnegative(),
});

const textSchema = z.object({
  search: z.string().min(1).max(MAX_SEARCH).optional(),
  /** The `nextCursor` of the page before. */
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LINES).default(DEFAULT_LINES),
});

/** `/v1/recordings` */
export function createRecordingsRouter(options: {
  userRoute: UserRouteFactory;
  recordings: RecordingLibrary;
  playbacks: PlaybackLog;
}) {
  const { userRoute, recordings, playbacks } = options;
  const router = Router();

  const isRunning = ({ request, credentials }: UserRequest) =>
    playbacks.isRunning(credentials.principal.userEntityRef, request.params.id);

  /** What belongs to a playback that is in the audit log already. */
  const PLAYED: RouteAudit = {
    eventId: 'recording-play',
    severityLevel: 'medium',
    isContinued: isRunning,
  };

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
      {
        ...PLAYED,
        // A player asks again and again how long a running session is by now;
        // whoever opens a recording anew plays it anew.
        isContinued: userRequest =>
          userRequest.request.query.follow === 'true' && isRunning(userRequest),
      },
      async userRequest => {
        const { request, response, credentials } = userRequest;
        const recording = await recordings.open(credentials, request.params.id);
        touchPlayback(userRequest);
        response.json(recording);
      },
    ),
  );

  router.get(
    '/v1/recordings/:id/opening',
    userRoute(
      // Whoever opens a recording anew plays it anew.
      { ...PLAYED, isContinued: undefined },
      async userRequest => {
        const { request, response, credentials } = userRequest;
        const opened = await recordings.openAt(
          credentials,
          request.params.id,
          timeSchema.parse(request.query).t,
        );
        touchPlayback(userRequest);
        await sendEncoded(request, response, opened);
      },
    ),
  );

  router.get(
    '/v1/recordings/:id/moment',
    userRoute(PLAYED, async userRequest => {
      const { request, response, credentials } = userRequest;
      const moment = await recordings.moment(
        credentials,
        request.params.id,
        timeSchema.parse(request.query).t,
      );
      touchPlayback(userRequest);
      await sendEncoded(request, response, moment);
    }),
  );

  router.get(
    '/v1/recordings/:id/chunks/:index',
    userRoute(PLAYED, async userRequest => {
      const { request, response, credentials } = userRequest;
      const chunk = await recordings.readChunk(
        credentials,
        request.params.id,
        parseChunkIndex(request),
      );
      touchPlayback(userRequest);
      await sendEncoded(request, response, chunk);
    }),
  );

  const getOfReplay = (
    path: string,
    read: (replay: RecordingReplay, request: Request) => unknown,
  ) =>
    router.get(
      `/v1/recordings/:id/${path}`,
      userRoute(PLAYED, async userRequest => {
        const { request, response, credentials } = userRequest;
        const replay = await recordings.replay(credentials, request.params.id);
        const answer = await read(replay, request);
        touchPlayback(userRequest);
        response.json(answer);
      }),
    );

  router.get(
    '/v1/recordings/:id/timeline',
    userRoute(PLAYED, async userRequest => {
      const { request, response, credentials } = userRequest;
      const timeline = await recordings.timeline(
        credentials,
        request.params.id,
      );
      touchPlayback(userRequest);
      response.json(timeline);
    }),
  );
  getOfReplay('text', (replay, { query }) =>
    replay.text(textSchema.parse(query)),
  );
  getOfReplay('segments', replay => replay.segments().index);
  getOfReplay('segments/:index', (replay, request) =>
    replay.segments().segment(parseChunkIndex(request)),
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
          requireGoodPassword(recordingExportSchema.parse(request.body)),
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
