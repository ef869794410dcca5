import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
  BackstageCredentials,
  BackstageUserPrincipal,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { Request, RequestHandler, Response } from 'express';
import { toHttpError } from './toHttpError';

/** A request by a user of the portal. */
export type UserRequest = {
  request: Request;
  response: Response;
  credentials: BackstageCredentials<BackstageUserPrincipal>;
};

/** How a route is audited. */
export type RouteAudit = Pick<
  AuditorServiceCreateEventOptions,
  'eventId' | 'severityLevel'
> & {
  /** What is noted beside the parameters of the path. */
  meta?: (request: Request) => AuditorServiceCreateEventOptions['meta'];
  /** True for a request that belongs to an earlier, audited one: then only its failure is audited. */
  isContinued?: (request: UserRequest) => boolean;
};

/** Makes the handlers of routes that are for users alone. */
export type UserRouteFactory = (
  audit: RouteAudit,
  handle: (request: UserRequest) => Promise<void>,
) => RequestHandler;

/**
 * What all routes for users have in common: services are turned away, who did
 * what and whether it went well is in the host's audit log, and errors become
 * those that the host's error handler knows. A request that cannot be audited
 * fails.
 */
export function createUserRouteFactory(options: {
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}): UserRouteFactory {
  const { httpAuth, auditor } = options;
  return (audit, handle) => async (request, response) => {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user'],
    });
    const userRequest = { request, response, credentials };
    const createEvent = () =>
      auditor.createEvent({
        eventId: audit.eventId,
        severityLevel: audit.severityLevel,
        request,
        meta: { ...request.params, ...audit.meta?.(request) },
      });
    const event = audit.isContinued?.(userRequest)
      ? undefined
      : await createEvent();
    try {
      await handle(userRequest);
    } catch (error) {
      const failed = event ?? (await createEvent());
      await failed.fail({ error: toError(error) });
      throw toHttpError(error);
    }
    await event?.success();
  };
}
