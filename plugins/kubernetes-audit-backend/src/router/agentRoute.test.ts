import express, { ErrorRequestHandler } from 'express';
import Router from 'express-promise-router';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent, AgentAuthenticator } from '../agents';
import { Admission } from './Admission';
import { createAgentRouteFactory } from './agentRoute';

jest.setTimeout(30_000);

/** In milliseconds; the only request that is whole comes at once. */
const BODY_TIMEOUT_MS = 200;

describe('a route for agents', () => {
  const agent = Agent.fromConfig({ id: 'a', subject: 'a', clusters: ['*'] });
  const authenticator: Pick<AgentAuthenticator, 'authenticate'> = {
    authenticate: async () => agent,
  };
  const router = Router();
  router.post(
    '/',
    createAgentRouteFactory(authenticator)(
      {
        parser: express.raw({ type: () => true }),
        bodyTimeoutMs: BODY_TIMEOUT_MS,
        admission: Admission.create({
          running: 1,
          runningOfOne: 1,
          waitingOfOne: 1,
          waitMs: 20_000,
          retryAfterSeconds: 2,
        }),
      },
      async ({ body, response }) => {
        response.send(body);
      },
    ),
  );
  /** As the host's: Express' own would wait for the body. */
  const answerError: ErrorRequestHandler = (error, _, response, _next) => {
    response.status(error.statusCode).end();
  };
  const server = createServer(express().use(router).use(answerError));

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('gives up a body that does not come, and lets in who waits', async () => {
    const { port } = server.address() as AddressInfo;
    const stuck = connect(port, '127.0.0.1');
    stuck.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    await once(server, 'request');
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      body: 'whole',
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'whole']);
    // The connection ends: what is missing must not be read as a request.
    const refusal = await text(stuck);
    expect(refusal).toMatch(/^HTTP\/1\.1 408 /);
    expect(refusal).toMatch(/\r\nconnection: close\r\n/i);
  });
});
