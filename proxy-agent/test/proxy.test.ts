import { createConnection } from 'node:net';
import { zstdDecompressSync } from 'node:zlib';
import {
  decodeFrames,
  decodeRecordingEvents,
} from 'backstage-plugin-kubernetes-audit-common';
import { TestApiServer } from './TestApiServer';
import { TestPortal } from './TestPortal';
import { TestProxy, until } from './TestProxy';

const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['demo'],
  kubernetesGroups: ['developers', 'viewers'],
  impersonation: { users: ['jane'], groups: ['testers'] },
  rules: [
    {
      effect: 'allow' as const,
      resources: ['*'],
      verbs: ['*'],
    },
    {
      effect: 'deny' as const,
      resources: ['*', '*/*'],
      namespaces: ['kube-system'],
      verbs: ['*'],
    },
  ],
};

describe('the proxy', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let token: string;

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${proxy.url}/clusters/demo${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  const eventOf = async (path: string) => {
    await until(
      () => portal.events().some(event => event.requestUri === path),
      `the event of ${path}`,
    );
    return portal.events().find(event => event.requestUri === path);
  };

  beforeEach(async () => {
    portal = await TestPortal.start([ROLE]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'demo', endpoint: api.url }],
    });
    token = await portal.issue();
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
  });

  it('sends a call on as the user with the groups of the role, and never the credential', async () => {
    const response = await call('/api/v1/namespaces/dev/pods?limit=500', {
      headers: {
        'X-Remote-User': 'admin',
        'X-Forwarded-For': '10.9.9.9',
        'Audit-ID': 'mine',
        Cookie: 'a=b',
        'Impersonate-Uid': '0',
        'Impersonate-Extra-Scopes': 'all',
        'User-Agent': 'kubectl/v1.32.3 (linux/amd64) kubernetes/abc',
      },
    });
    expect(response.status).toBe(200);
    const [seen] = api.seen;
    expect(seen.url).toBe('/api/v1/namespaces/dev/pods?limit=500');
    expect(seen.headers).toMatchObject({
      'impersonate-user': 'guest',
      'impersonate-extra-remote-client-ip': '127.0.0.1',
    });
    const groups = seen.rawHeaders.filter(
      (_, i) => seen.rawHeaders[i - 1] === 'Impersonate-Group',
    );
    expect(groups).toEqual(['developers', 'viewers', 'system:authenticated']);
    for (const name of [
      'authorization',
      'cookie',
      'x-remote-user',
      'x-forwarded-for',
      'impersonate-uid',
      'impersonate-extra-scopes',
    ]) {
      expect(seen.headers).not.toHaveProperty(name);
    }

    const event = await eventOf('/api/v1/namespaces/dev/pods?limit=500');
    expect(event).toMatchObject({
      id: seen.headers['audit-id'],
      result: 'success',
      message: 'OK',
      statusCode: 200,
      userName: 'Guest User',
      userEmail: 'guest@example.com',
      userEntityRef: 'user:default/guest',
      clientIp: '127.0.0.1',
      clientName: 'kubectl/v1.32.3',
      clusterName: 'demo',
      clusterEndpoint: api.url,
      role: 'developer',
      namespace: 'dev',
      verb: 'list',
      resource: 'pods',
      apiGroup: '',
      apiVersion: 'v1',
      kubernetesGroups: ['developers', 'viewers', 'system:authenticated'],
      connectedFrom: 'Proxy',
    });
    expect(event).not.toHaveProperty('impersonatedUser');
  });

  it('tells from where a call comes by its credential alone', async () => {
    const said = {
      'Connected-From': 'Portal',
      'X-Connected-From': 'Portal',
    };
    await call('/api/v1/namespaces/dev/pods/own', { headers: said });
    const portals = await portal.issue({ connectedFrom: 'Portal' });
    await call('/api/v1/namespaces/dev/pods/portals', {
      headers: { authorization: `Bearer ${portals}` },
    });
    expect(await eventOf('/api/v1/namespaces/dev/pods/own')).toMatchObject({
      connectedFrom: 'Proxy',
    });
    expect(await eventOf('/api/v1/namespaces/dev/pods/portals')).toMatchObject({
      connectedFrom: 'Portal',
    });
  });

  it('records what a create asked for, before and after it was forwarded', async () => {
    api.onRequest = (request, response) => {
      request.resume();
      response.statusCode = 201;
      response.end('{}');
    };
    const response = await call('/api/v1/namespaces/dev/secrets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        kind: 'Secret',
        metadata: { name: 's' },
        stringData: { password: 'hunter2' },
      }),
    });
    expect(response.status).toBe(201);
    expect(api.seen[0].body).toContain('hunter2');
    await until(() => portal.records.size === 2, 'attempt and outcome');
    const [attempt, outcome] = [...portal.records.values()];
    expect(attempt).toMatchObject({
      phase: 'attempt',
      message: 'outcome unknown',
      verb: 'create',
    });
    expect(attempt).not.toHaveProperty('requestBody');
    expect(outcome).toMatchObject({
      id: attempt.id,
      phase: 'outcome',
      result: 'success',
      statusCode: 201,
      requestBody:
        'kind: Secret\nmetadata:\n  name: s\nstringData:\n  password: "[redacted]"\n',
    });
  });

  it('keeps the message of an upstream error', async () => {
    api.onRequest = (_request, response) => {
      response.statusCode = 404;
      response.end(
        '{"kind":"Status","status":"Failure","message":"pods \\"x\\" not found"}',
      );
    };
    const response = await call('/api/v1/namespaces/dev/pods/x');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      message: 'pods "x" not found',
    });
    expect(await eventOf('/api/v1/namespaces/dev/pods/x')).toMatchObject({
      result: 'failure',
      message: 'pods "x" not found',
      resourceName: 'x',
      statusCode: 404,
    });
  });

  it('refuses what a rule denies, names the rule, and records it', async () => {
    const path = '/api/v1/namespaces/kube-system/secrets';
    const response = await call(path);
    expect(response.status).toBe(403);
    const status = await response.json();
    expect(status).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message: expect.stringContaining('denied by rule 2 of role "developer"'),
    });
    expect(api.seen).toEqual([]);
    expect(await eventOf(path)).toMatchObject({
      result: 'failure',
      message: status.message,
      role: 'developer',
      statusCode: 403,
    });
  });

  it.each([
    ['no credential', undefined, 'no credential was sent'],
    [
      'a credential of somebody else',
      'Bearer abc.def.ghi',
      'not one that this',
    ],
    ['a password', 'Basic Z3Vlc3Q6eA==', 'only bearer credentials'],
  ])('refuses %s', async (_, authorization, message) => {
    const response = await fetch(`${proxy.url}/clusters/demo/api`, {
      headers: authorization ? { authorization } : {},
    });
    expect(response.status).toBe(401);
    expect((await response.json()).message).toContain(message);
    expect(api.seen).toEqual([]);
  });

  it('refuses a credential that has expired or is for another proxy', async () => {
    const past = Math.floor(Date.now() / 1000) - 7200;
    for (const claims of [{ iat: past, exp: past + 60 }, { aud: 'other' }]) {
      token = await portal.issue(claims);
      expect((await call('/api')).status).toBe(401);
    }
  });

  it('refuses a revoked credential soon after', async () => {
    expect((await call('/api')).status).toBe(200);
    portal.setRevocations({ credentials: ['credential-1'], users: [] });
    await until(
      async () => (await call('/api')).status === 401,
      'the revocation to arrive',
    );
  });

  it.each<Record<string, string>>([
    { 'Impersonate-User': 'jane', 'Impersonate-Group': 'testers' },
    { 'Impersonate-User': 'jane' },
  ])('acts as whom the role allows: %j', async headers => {
    const path = '/api/v1/namespaces/dev/pods';
    expect((await call(path, { headers })).status).toBe(200);
    expect(api.seen[0].headers['impersonate-user']).toBe('jane');
    expect(api.seen[0].rawHeaders).not.toContain('developers');
    expect(await eventOf(path)).toMatchObject({ impersonatedUser: 'jane' });
  });

  it.each<Record<string, string>>([
    { 'Impersonate-User': 'joe' },
    { 'Impersonate-User': 'jane', 'Impersonate-Group': 'developers' },
    { 'Impersonate-Group': 'testers' },
    { 'Impersonate-User': 'system:admin' },
    { 'Impersonate-User': 'jane', 'Impersonate-Group': 'system:masters' },
    { 'Impersonate-User': 'System:Admin' },
  ])('acts as nobody else: %j', async headers => {
    const response = await call('/api/v1/namespaces/dev/pods', { headers });
    expect(response.status).toBe(403);
    expect(api.seen).toEqual([]);
  });

  it('never impersonates a name of the system that a role or a credential brings', async () => {
    token = await portal.issue({ kubernetesUser: 'system:admin' });
    expect((await call('/api')).status).toBe(403);
    expect(api.seen).toEqual([]);
  });

  it('delivers what the portal missed when it comes back', async () => {
    portal.outage = 503;
    for (let i = 0; i < 20; i++) {
      expect((await call(`/api/v1/namespaces/dev/pods?i=${i}`)).status).toBe(
        200,
      );
    }
    expect(portal.records.size).toBe(0);
    portal.outage = undefined;
    await until(() => portal.records.size === 20, 'all records');
    expect([...portal.records.values()].map(r => r.sequence)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('closes the upstream of a watch when its client goes', async () => {
    let closed = false;
    api.onRequest = (_request, response) => {
      response.write('{"type":"ADDED"}\n');
      response.on('close', () => {
        closed = true;
      });
    };
    const abort = new AbortController();
    const response = await call('/api/v1/namespaces/dev/pods?watch=1', {
      signal: abort.signal,
    });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe(
      '{"type":"ADDED"}\n',
    );
    abort.abort();
    await until(() => closed, 'the upstream to be closed');
    expect(await eventOf('/api/v1/namespaces/dev/pods?watch=1')).toMatchObject({
      verb: 'watch',
      result: 'success',
    });
  });

  it('records a session from its start to its end, and its output before the user sees it', async () => {
    api.onUpgrade = (_request, socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
      );
      const frame = (channel: number, text: string) => {
        const payload = Buffer.from(`${String.fromCharCode(channel)}${text}`);
        return Buffer.concat([Buffer.from([0x82, payload.length]), payload]);
      };
      socket.write(frame(1, 'hello '));
      socket.write(frame(1, 'world'));
      socket.write(
        frame(
          3,
          '{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}',
        ),
      );
      socket.end(Buffer.from([0x88, 2, 3, 0xe8]));
    };
    const path =
      '/api/v1/namespaces/dev/pods/web/exec?command=sh&container=main&stdout=true';
    const received = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(proxy.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', chunk => chunks.push(chunk));
      socket.on('close', () =>
        resolve(Buffer.concat(chunks).toString('latin1')),
      );
      socket.on('error', reject);
      socket.write(
        [
          `GET /clusters/demo${path} HTTP/1.1`,
          'Host: proxy',
          `Authorization: Bearer ${token}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Protocol: v5.channel.k8s.io',
          'Sec-WebSocket-Extensions: permessage-deflate',
          '',
          '',
        ].join('\r\n'),
      );
    });
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
    expect(received).toContain('hello ');
    expect(api.seen[0].headers).not.toHaveProperty('sec-websocket-extensions');
    expect(api.seen[0].headers).not.toHaveProperty('authorization');

    await until(
      () => portal.events().length === 2 && portal.completions.size === 1,
      'both rows and the recording',
    );
    const [start, end] = portal.events();
    expect(start).toMatchObject({
      verb: 'create',
      resource: 'pods/exec',
      resourceName: 'web',
      message: 'session started',
      result: 'success',
      statusCode: 101,
      sessionId: expect.any(String),
      recordingId: expect.any(String),
    });
    expect(end).toMatchObject({
      sessionId: start.sessionId,
      recordingId: start.recordingId,
      result: 'success',
      message: expect.stringMatching(
        /^session ended after [\d.]+ s, exit code 7: the command ended$/,
      ),
    });
    expect(end.id).not.toBe(start.id);

    const [[id, completion]] = [...portal.completions];
    expect(id).toBe(start.recordingId);
    expect(completion).toMatchObject({
      status: 'complete',
      exitCode: 7,
      chunkCount: 1,
    });
    const [{ header, body }] = decodeFrames(
      portal.chunks.get(`${id}/0`) ?? Buffer.of(),
    );
    expect(header).toMatchObject({ sequence: 0, last: true });
    const events = decodeRecordingEvents(
      zstdDecompressSync(body),
      header.firstTime,
    );
    // Frames that came at once are one event.
    const output = events.filter(({ type }) => type === 'output');
    expect(Buffer.concat(output.map(({ data }) => data)).toString()).toBe(
      'hello world',
    );
    expect([events.at(0)?.type, events.at(-1)?.type]).toEqual([
      'header',
      'exit',
    ]);
    expect(events.length).toBe(output.length + 2);
  });

  it('counts a refused upgrade as one failed call', async () => {
    api.onUpgrade = (_request, socket) => {
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"message\r\n7\r\n":"no"}\r\n0\r\n\r\n',
      );
    };
    const response = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(proxy.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', chunk => chunks.push(chunk));
      socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
      socket.on('error', reject);
      socket.write(
        `POST /clusters/demo/api/v1/namespaces/dev/pods/web/exec?command=sh HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(response).toMatch(/\{"message/);
    await until(
      () => portal.events().some(event => event.statusCode === 403),
      'the row',
    );
    expect(portal.events()).toHaveLength(1);
    expect(portal.events()[0]).toMatchObject({
      result: 'failure',
      message: 'no',
      statusCode: 403,
      verb: 'create',
    });
    expect(portal.events()[0]).not.toHaveProperty('sessionId');
  });
});
