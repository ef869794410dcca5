import express, { Request } from 'express';
import Router from 'express-promise-router';
import {
  deviceLoginRequestSchema,
  loginEndSchema,
  loginTokenRequestSchema,
  userCodeRequestSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { AttemptLimit, LoginRequests, LoginService, networkOf } from '../login';
import { toHttpError } from './toHttpError';
import type { UserRouteFactory } from './userRoute';

/** What command lines call that nobody has signed in yet: these need no credentials. */
export const LOGIN_PATH = '/v1/login';

/** Bytes of a body: a few short texts. */
const MAX_BODY_BYTES = 4 * 1024;
/** Calls without credentials that one address may make … */
const MAX_CALLS = 240;
/** … within so long, in milliseconds. */
const CALLS_WINDOW_MS = 60_000;

/** The logins of command lines: `/v1/login` for them, `/v1/access/logins` for who approves them. */
export function createLoginRouter(options: {
  userRoute: UserRouteFactory;
  loginRequests: LoginRequests;
  logins: LoginService;
  /** Milliseconds since 1970. */
  now: () => number;
}) {
  const { userRoute, loginRequests, logins, now } = options;
  const router = Router();
  const parseBody = express.json({ limit: MAX_BODY_BYTES });
  const calls = AttemptLimit.create({
    limit: MAX_CALLS,
    windowMs: CALLS_WINDOW_MS,
    now,
  });

  const deviceRoute = (
    path: string,
    answer: (request: Request) => Promise<object>,
  ) =>
    router.post(
      `${LOGIN_PATH}/${path}`,
      (request, _, next) => {
        const network = networkOf(addressOf(request));
        calls.check(network);
        calls.note(network);
        next();
      },
      parseBody,
      async (request, response) => {
        try {
          response.set('Cache-Control', 'no-store').json(await answer(request));
        } catch (error) {
          throw toHttpError(error);
        }
      },
    );

  deviceRoute('device', request =>
    loginRequests.begin(
      deviceLoginRequestSchema.parse(request.body),
      addressOf(request),
    ),
  );

  deviceRoute('token', async ({ body }) => {
    const asked = loginTokenRequestSchema.parse(body);
    return 'deviceCode' in asked
      ? logins.poll(asked.deviceCode)
      : logins.renew(asked.renewalSecret);
  });

  deviceRoute('end', async ({ body }) => {
    await logins.end(loginEndSchema.parse(body).renewalSecret);
    return {};
  });

  // The code comes in the body: addresses stand in logs.
  router.post(
    '/v1/access/logins/find',
    parseBody,
    userRoute(
      { eventId: 'login-find' },
      async ({ request, response, credentials }) => {
        const { userCode } = userCodeRequestSchema.parse(request.body);
        response.json(
          await loginRequests.find(credentials, userCode, addressOf(request)),
        );
      },
    ),
  );

  router.post(
    '/v1/access/logins/approve',
    parseBody,
    userRoute(
      { eventId: 'login-approve', severityLevel: 'medium' },
      async ({ request, response, credentials }) => {
        const { userCode } = userCodeRequestSchema.parse(request.body);
        await loginRequests.approve(credentials, userCode);
        response.status(204).end();
      },
    ),
  );

  router.post(
    '/v1/access/logins/deny',
    parseBody,
    userRoute(
      { eventId: 'login-deny' },
      async ({ request, response, credentials }) => {
        const { userCode } = userCodeRequestSchema.parse(request.body);
        await loginRequests.deny(credentials, userCode);
        response.status(204).end();
      },
    ),
  );

  return router;
}

/** `::ffff:10.0.0.1` is 10.0.0.1; behind a balancer, `backend.trustProxy` counts. */
function addressOf({ ip = '' }: Request): string {
  return ip.replace(/^::ffff:(?=\d+\.)/, '');
}
