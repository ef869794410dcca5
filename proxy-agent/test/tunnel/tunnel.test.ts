import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { TestAgent } from './TestAgent';

jest.setTimeout(60_000);

const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  kubernetesGroups: ['developers'],
  rules: [
    { effect: 'allow' as const, resources: ['*', '*/*'], verbs: ['*'] },
    { effect: 'allow' as const, resources: ['nodes/echo'], verbs: ['*'] },
  ],
};

const PODS = '/api/v1/namespaces/dev/pods';
const MEBIBYTE = 1024 * 1024;

describe('a cluster behind a tunnel', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let token: string;
  let tokenFile: string;
  const agents: TestAgent[] = [];

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${proxy.url}/clusters/edge${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  const agentOf = async (name: string, tags: object = {}) => {
    const agent = await TestAgent.start({
      proxies: [{ url: proxy.url }],
      joinToken: portal.issueJoinToken(name, {
        site: 'fra1',
        tier: '1',
        ...tags,
      }),
      clusters: [{ name: 'edge', endpoint: api.url, tokenFile }],
      drainTimeout: '5s',
    });
    agents.push(agent);
    return agent;
  };
  const eventsOf = async (path: string) => {
    const of = () =>
      portal
        .events()
        .filter(e => e.requestUri === path && e.phase !== 'attempt');
    await until(() => of().length > 0, `the event of ${path}`);
    return of();
  };

  beforeEach(async () => {
    tokenFile = join(mkdtempSync(join(tmpdir(), 'token-')), 'token');
    writeFileSync(tokenFile, 'the-agents-own');
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
    });
    token = await portal.issue();
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map(agent => agent.stop()));
    await proxy.stop();
    await portal.stop();
    await api.stop();
    rmSync(dirname(tokenFile), { recursive: true });
  });

  it('answers calls as the user, with the credential of the agent, and says so in the audit', async () => {
    await agentOf('edge-1');
    const response = await call(PODS, {
      method: 'POST',
      body: JSON.stringify({ kind: 'Pod', metadata: { name: 'a' } }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ kind: 'PodList' });
    const [seen] = api.seen;
    expect(seen.url).toBe(PODS);
    expect(JSON.parse(seen.body)).toMatchObject({ kind: 'Pod' });
    expect(seen.headers).toMatchObject({
      host: new URL(api.url).host,
      'impersonate-user': 'guest',
      'impersonate-extra-remote-client-ip': '127.0.0.1',
      authorization: 'Bearer the-agents-own',
    });
    expect(seen.headers['impersonate-group']).toContain('developers');
    const [event] = await eventsOf(PODS);
    expect(event).toMatchObject({
      result: 'success',
      tunnelAgentName: 'edge-1',
      tunnelTag: 'site=fra1',
      clusterEndpoint: api.url,
    });
    expect(seen.headers['audit-id']).toBe(event.id);
  });

  it('answers 503 and names the tags while no agent that has them is connected', async () => {
    await agentOf('edge-1', { site: 'ber1' });
    const response = await call(PODS);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      kind: 'Status',
      reason: 'ServiceUnavailable',
      message: expect.stringContaining('site=fra1'),
    });
    const [event] = await eventsOf(PODS);
    expect(event).toMatchObject({ result: 'failure', statusCode: 503 });
    expect(event.tunnelAgentName).toBeUndefined();
  });

  it('carries large bodies both ways unchanged', async () => {
    api.onRequest = (request, response) => request.pipe(response);
    await agentOf('edge-1');
    const sent = Buffer.alloc(8 * MEBIBYTE, 'kubernetes');
    const response = await call(PODS, {
      method: 'POST',
      body: sent,
      headers: { 'content-type': 'application/octet-stream' },
    });
    const got = Buffer.from(await response.arrayBuffer());
    expect(got.equals(sent)).toBe(true);
  });

  it('carries sessions, of which a direction may end alone', async () => {
    api.onUpgrade = (_request, socket, head) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      );
      socket.write(head);
      socket.on('data', chunk => socket.write(chunk));
      socket.on('end', () => socket.end('the rest'));
    };
    await agentOf('edge-1');
    const socket = connect({
      port: proxy.port,
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    const chunks: Buffer[] = [];
    socket.on('data', chunk => chunks.push(chunk));
    socket.write(
      `GET /clusters/edge/api/v1/nodes/a/echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`,
    );
    const text = () => Buffer.concat(chunks).toString();
    await until(() => text().includes('\r\n\r\n'), 'the agreement');
    expect(text()).toContain('101 Switching Protocols');
    socket.write('hello');
    await until(() => text().endsWith('hello'), 'the echo');
    socket.end();
    await once(socket, 'close');
    expect(text()).toMatch(/the rest$/);
    const rows = await eventsOf('/api/v1/nodes/a/echo');
    expect(rows[0]).toMatchObject({
      tunnelAgentName: 'edge-1',
      sessionId: expect.any(String),
    });
  });

  it('passes on what the API server refuses', async () => {
    api.onRequest = (_request, response) => {
      response.writeHead(409, { 'content-type': 'application/json' });
      response.end('{"kind":"Status","message":"it exists"}');
    };
    await agentOf('edge-1');
    const response = await call(PODS, { method: 'POST', body: '{}' });
    expect(response.status).toBe(409);
    const [event] = await eventsOf(PODS);
    expect(event).toMatchObject({ message: 'it exists', statusCode: 409 });
  });

  it('lets a slow reader hold nobody up', async () => {
    api.onRequest = (request, response) => {
      if (request.url?.includes('watch')) {
        const more = () => {
          while (response.write(Buffer.alloc(MEBIBYTE)));
        };
        response.on('drain', more);
        more();
      } else {
        response.end('{}');
      }
    };
    await agentOf('edge-1');
    const slow = await Promise.all(
      Array.from({ length: 8 }, () => call(`${PODS}?watch=1`)),
    );
    const response = await call(`${PODS}/a`);
    expect(response.status).toBe(200);
    await Promise.all(slow.map(({ body }) => body?.cancel()));
  });

  it('carries 500 watches beside each other, each with its own events', async () => {
    const watches = new Map<string, ServerResponse>();
    api.onRequest = (request, response) => {
      response.write(`ADDED ${request.url}\n`);
      watches.set(`${request.url}`, response);
    };
    await agentOf('edge-1');
    const paths = Array.from(
      { length: 500 },
      (_, i) => `/api/v1/namespaces/dev-${i}/pods?watch=1`,
    );
    const readers = await Promise.all(
      paths.map(async path => {
        const { body } = await call(path);
        const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
        expect((await reader?.read())?.value).toBe(`ADDED ${path}\n`);
        return reader;
      }),
    );
    expect(agents[0].state.streams).toBeGreaterThanOrEqual(500);
    watches.forEach((response, path) => response.end(`DELETED ${path}\n`));
    const last = await Promise.all(
      readers.map(async reader => (await reader?.read())?.value),
    );
    expect(last).toEqual(paths.map(path => `DELETED ${path}\n`));
  });

  it('gives the next call to the agent that has the least under way', async () => {
    api.onRequest = (_request, response) => {
      response.write('{"type":"ADDED"}\n');
    };
    const [first, second] = [await agentOf('edge-1'), await agentOf('edge-2')];
    const watches = [];
    for (let i = 0; i < 10; i++) {
      watches.push(await call(`${PODS}?watch=1`));
    }
    expect([first.state.streams, second.state.streams]).toEqual([5, 5]);
    await Promise.all(watches.map(({ body }) => body?.cancel()));
  });

  it('comes back by itself when the proxy has been away', async () => {
    const agent = await agentOf('edge-1');
    const { port, stateDirectory } = proxy;
    await proxy.stop({ keepState: true });
    await until(() => agent.state.tunnels === 0, 'the end of the tunnel');
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
      server: { host: '127.0.0.1', port },
      stateDirectory,
    });
    await until(() => agent.state.tunnels === 1, 'the tunnel');
    expect((await call(PODS)).status).toBe(200);
  });
});
