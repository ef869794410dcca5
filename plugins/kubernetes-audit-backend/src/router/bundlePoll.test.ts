import { mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import { createHash } from 'node:crypto';
import { createServer, get, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ManualClock } from '../__testUtils__/ManualClock';
import { AgentAuthenticator } from '../agents';
import { createAgentRouteFactory } from './agentRoute';
import { createAgentRouter } from './createAgentRouter';

/** The entity tag of a bundle for an agent that is bound to nothing. */
const tagOf = (version: number) =>
  `"${version}.${createHash('sha256')
    .update('[]')
    .digest('base64url')
    .slice(0, 12)}"`;

describe('the long poll of the bundle', () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => cleanUps.splice(0).forEach(cleanUp => cleanUp()));

  async function setUp() {
    const clock = new ManualClock();
    const shutdown = new AbortController();
    let etag = '"1"';
    let lookups = 0;
    const bundles = {
      getCurrent: async () => {
        lookups++;
        return { version: 1, etag, answer: { bundle: 'jws' } };
      },
    };
    const app = express().use(
      createAgentRouter({
        agentRoute: createAgentRouteFactory(
          AgentAuthenticator.create({
            httpAuth: mockServices.httpAuth(),
            agents: [{ id: 'a', subject: 'agent:a', clusters: [] }],
          }),
        ),
        bundles,
        agents: { announce: async () => ({}) },
        clock,
        shutdown: shutdown.signal,
      }),
    );
    const server = createServer(app).listen(0, '127.0.0.1');
    cleanUps.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const poll = (wait: number) => {
      const request = get({
        port,
        host: '127.0.0.1',
        path: `/v1/agent/bundle?wait=${wait}`,
        headers: {
          authorization: 'Bearer mock-service-token:{"sub":"agent:a"}',
          'x-agent-id': 'a',
          'if-none-match': tagOf(1),
        },
      });
      const answer = new Promise<IncomingMessage>((resolve, reject) =>
        request.once('response', resolve).once('error', reject),
      );
      return { request, answer };
    };
    return {
      clock,
      shutdown,
      poll,
      change: () => {
        etag = '"2"';
      },
      lookups: () => lookups,
    };
  }

  it('is answered when the bundle changes', async () => {
    const { clock, poll, change } = await setUp();
    const { answer } = poll(30);
    await clock.untilAsleep();
    await clock.move(1000);
    await clock.untilAsleep();
    change();
    await clock.move(1000);
    const response = await answer;
    expect(response.statusCode).toBe(200);
    expect(response.headers.etag).toBe(tagOf(2));
    expect(await json(response)).toEqual({
      bundle: 'jws',
      clusters: [],
    });
  });

  it.each([
    [2.5, 3],
    [1000, 60],
  ])('of %d s ends with 304 after %d looks', async (wait, looks) => {
    const { clock, poll, lookups } = await setUp();
    const { answer } = poll(wait);
    for (let i = 0; i < looks; i++) {
      expect(lookups()).toBeLessThanOrEqual(i + 1);
      await clock.untilAsleep();
      await clock.move(1000);
    }
    expect((await answer).statusCode).toBe(304);
  });

  it('ends when the portal does', async () => {
    const { clock, poll, shutdown } = await setUp();
    const { answer } = poll(30);
    await clock.untilAsleep();
    shutdown.abort();
    expect((await answer).statusCode).toBe(304);
  });

  it('is given up when the agent goes away', async () => {
    const { clock, poll, lookups } = await setUp();
    const { request, answer } = poll(30);
    answer.catch(() => {});
    await clock.untilAsleep();
    request.destroy();
    await clock.untilAwake();
    const before = lookups();
    await clock.move(5000);
    expect(lookups()).toBeLessThanOrEqual(before + 1);
  });
});
