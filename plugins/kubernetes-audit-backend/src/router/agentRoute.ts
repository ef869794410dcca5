import type { Request, RequestHandler, Response } from 'express';
import type { Agent, AgentAuthenticator } from '../agents';
import { toHttpError } from './toHttpError';

/** A request by an agent. */
export type AgentRequest = {
  agent: Agent;
  request: Request;
  response: Response;
  /** As the route's parser left it; undefined without a parser. */
  body: unknown;
};

/** Makes the handlers of routes that are for agents alone. */
export type AgentRouteFactory = (
  options: {
    parser?: RequestHandler;
    /** How long the body may take, in milliseconds, from when it is read; as long as the server allows unless set. */
    bodyTimeoutMs?: number;
    /** Holds requests back before anything of them is read. */
    admission?: { enter(agentId: string): Promise<() => void> };
  },
  handle: (request: AgentRequest) => Promise<void>,
) => RequestHandler;

/**
 * What all routes for agents have in common: nothing of a body is read before
 * the agent has shown who it is, and errors become those that the host's error
 * handler knows.
 */
export function createAgentRouteFactory(
  authenticator: Pick<AgentAuthenticator, 'authenticate'>,
): AgentRouteFactory {
  return ({ parser, bodyTimeoutMs, admission }, handle) =>
    async (request, response) => {
      const agent = await authenticator.authenticate(request);
      const leave = await admission?.enter(agent.id).catch(error => {
        response.set('Retry-After', `${error.retryAfterSeconds}`);
        throw error;
      });
      try {
        if (parser) {
          await within(
            bodyTimeoutMs,
            response,
            runParser(parser, request, response),
          );
        }
        await handle({ agent, request, response, body: request.body });
      } catch (error) {
        throw toHttpError(error);
      } finally {
        leave?.();
      }
    };
}

function runParser(
  parser: RequestHandler,
  request: Request,
  response: Response,
): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error?: unknown) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** The answer to a body that does not come, with the status 408. */
class BodyTimeoutError extends Error {
  readonly name = 'BodyTimeoutError';
  readonly statusCode = 408;

  constructor() {
    super('The body of the request has not come in time');
  }
}

async function within(
  timeoutMs: number | undefined,
  response: Response,
  work: Promise<void>,
): Promise<void> {
  if (timeoutMs === undefined) {
    return work;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // What is missing of the body must not be taken for the next request.
      response.set('Connection', 'close');
      reject(new BodyTimeoutError());
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
