import { authServiceFactory } from '@backstage/backend-defaults/auth';
import { httpAuthServiceFactory } from '@backstage/backend-defaults/httpAuth';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { createMockDirectory } from '@backstage/backend-test-utils';
import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { kubernetesAuditEventSinkExtensionPoint } from 'backstage-plugin-kubernetes-audit-node';
import { AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const URL = `${BASE}/v1/ingest/events`;

describe('ingest of events', () => {
  const directory = createMockDirectory();
  const start = (options = {}) =>
    startPlugin({ recordings: directory.path, ...options });

  it('takes NDJSON as it is and compressed', async () => {
    const { api } = await start();
    const plain = await api
      .post(URL)
      .set(agentHeaders())
      .type('application/x-ndjson')
      .send(ndjson(spoolRecord(1)).toString());
    expect([plain.status, plain.body]).toEqual([
      200,
      { acknowledgedSequence: 1 },
    ]);
    const compressed = await api
      .post(URL)
      .set(agentHeaders())
      .set('content-encoding', 'gzip')
      .send(gzipSync(ndjson(spoolRecord(2), 'nonsense', spoolRecord(4))));
    expect([compressed.status, compressed.body]).toEqual([
      200,
      { acknowledgedSequence: 4 },
    ]);
  });

  describe.each([
    ['batches', 'POST', URL, 200],
    [
      'chunks',
      'PUT',
      `${BASE}/v1/ingest/recordings/019aa000-0000-7000-9000-000000000001/chunks/0`,
      400,
    ],
    [
      'completions',
      'POST',
      `${BASE}/v1/ingest/recordings/019aa000-0000-7000-9000-000000000001/complete`,
      400,
    ],
  ])('of which an agent sends too many %s', (_, method, url, forOthers) => {
    it('sends these away before it reads them, and takes those of others', async () => {
      const { server } = await start();
      const { port } = server.address() as AddressInfo;
      // Requests whose bodies do not come: all that may run or wait are there.
      const sockets = Array.from({ length: 36 }, () => {
        const socket = connect(port, '127.0.0.1');
        const headers = Object.entries({
          ...agentHeaders(),
          host: 'localhost',
          'content-length': '10',
        }).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`${method} ${url} HTTP/1.1\r\n${headers.join('')}\r\n`);
        return socket;
      });
      const send = (agent: string, timeoutMs: number) =>
        fetch(`http://127.0.0.1:${port}${url}`, {
          method,
          headers: agentHeaders(agent),
          body: ndjson(spoolRecord(1)),
          signal: AbortSignal.timeout(timeoutMs),
        });
      try {
        let answer: Response;
        do {
          answer = await send('demo-proxy', 500).catch(
            () => new Response(undefined, { status: 599 }),
          );
          // Until the sockets have been accepted ours is one of those that wait.
        } while (answer.status !== 429);
        expect(answer.headers.get('retry-after')).toBe('2');
        expect(await answer.json()).toMatchObject({
          error: { name: 'TooManyRequestsError' },
        });
        // What another agent sends is read, and may be no chunk.
        expect((await send('other', 20_000)).status).toBe(forOthers);
      } finally {
        sockets.forEach(socket => socket.destroy());
      }
    });
  });

  it('refuses what cannot be a batch', async () => {
    const { api } = await start();
    const post = (headers: object, body: Buffer) =>
      api
        .post(URL)
        .set({ ...agentHeaders(), ...headers })
        .type('application/octet-stream')
        .send(body);
    const batch = ndjson(spoolRecord(1));
    expect((await post({ 'x-spool-epoch': 'x' }, batch)).status).toBe(400);
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(gzip, batch)).status).toBe(400);
    expect((await post(gzip, gzipSync(batch).subarray(0, 30))).status).toBe(
      400,
    );
    expect((await post({ 'content-encoding': 'zip' }, batch)).status).toBe(415);
    const bomb = gzipSync(Buffer.alloc(33 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect((await post(gzip, bomb)).status).toBe(413);
    const nothing = await api.post(URL).set(agentHeaders());
    expect([nothing.status, nothing.body]).toEqual([
      200,
      { acknowledgedSequence: 0 },
    ]);
  });

  it('is for agents alone, each as itself and for its clusters', async () => {
    const { api } = await start();
    const post = (headers: object, clusterName = 'demo') =>
      api
        .post(URL)
        .set({ ...headers })
        .type('text')
        .send(ndjson(spoolRecord(1, { clusterName })).toString());
    const refusals = [
      await post({ ...agentHeaders(), ...userHeaders() }),
      await post({ ...agentHeaders(), 'x-agent-id': 'other' }),
      await post({ ...agentHeaders('stranger'), 'x-agent-id': 'demo-proxy' }),
      await post(agentHeaders(), 'prod'),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(refusals[3].body.error).toMatchObject({
      name: 'NotAllowedError',
      message: 'Agent demo-proxy is not bound to the cluster "prod"',
    });
    const anonymous = {
      ...agentHeaders(),
      authorization: 'Bearer mock-none-token',
    };
    expect((await post(anonymous)).status).toBe(401);
    const list = await api.get(`${BASE}/v1/events`).set(userHeaders());
    expect(list.body.items).toEqual([]);
    expect((await post(agentHeaders('other'), 'prod')).status).toBe(200);
  });

  it('gives stored events to the sinks that modules add', async () => {
    const seen: StoredRequestAuditEvent[] = [];
    const module = createBackendModule({
      pluginId: 'kubernetes-audit',
      moduleId: 'test-sink',
      register(env) {
        env.registerInit({
          deps: { sinks: kubernetesAuditEventSinkExtensionPoint },
          async init({ sinks }) {
            sinks.addEventSink({
              name: 'test',
              publish: async events => {
                seen.push(...events);
              },
            });
            expect(() =>
              sinks.addEventSink({ name: 'test', publish: async () => {} }),
            ).toThrow('There is an event sink test already');
          },
        });
      },
    });
    const { api, stop } = await start({ features: [module] });
    await api
      .post(URL)
      .set(agentHeaders())
      .type('text')
      .send(ndjson(spoolRecord(1)).toString());
    // Ends after what was published is given away.
    await stop();
    expect(seen).toMatchObject([{ number: 1, agentId: 'demo-proxy' }]);
  });

  it('knows an agent by the static token of the host’s own authentication', async () => {
    const token = 'a-static-token';
    const { api } = await start({
      features: [authServiceFactory, httpAuthServiceFactory],
      config: {
        backend: {
          baseUrl: 'http://127.0.0.1',
          listen: { host: '127.0.0.1', port: 0 },
          database: { client: 'better-sqlite3', connection: ':memory:' },
          auth: {
            externalAccess: [
              {
                type: 'static',
                options: { token, subject: 'agent:demo-proxy' },
                accessRestrictions: [{ plugin: 'kubernetes-audit' }],
              },
              {
                type: 'static',
                options: { token: `${token}-2`, subject: 'agent:demo-proxy' },
                accessRestrictions: [
                  { plugin: 'kubernetes-audit', permission: 'x' },
                ],
              },
            ],
          },
        },
      },
    });
    const post = (bearer: string) =>
      api
        .post(URL)
        .set({ ...agentHeaders(), authorization: `Bearer ${bearer}` })
        .type('text')
        .send(ndjson(spoolRecord(1)).toString());
    expect((await post(token)).status).toBe(200);
    expect((await post(`${token}-2`)).status).toBe(403);
    expect((await post('something-else')).status).toBe(401);
    const list = await api
      .get(`${BASE}/v1/events`)
      .set({ authorization: `Bearer ${token}` });
    expect(list.status).toBe(403);
  });
});
