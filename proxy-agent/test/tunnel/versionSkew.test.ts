import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { performServerHandshake, ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { beginHandshake, verdictOn } from './foreignAgent';
import { HostileProxy } from './HostileProxy';
import { TestAgent } from './TestAgent';
import { AgentIdentity, signedText } from './tunnelInternals';

jest.setTimeout(60_000);

const INSTANCE = '019aa000-0000-7000-b000-00000000000a';
const OTHER = '019aa000-0000-7000-b000-00000000000b';
const ROLE = {
  name: 'developer',
  subjects: ['group:default/team'],
  clusters: ['*'],
  rules: [{ effect: 'allow' as const, resources: ['*'], verbs: ['*'] }],
};
const clusters = [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }];
const PODS = '/api/v1/namespaces/dev/pods';

describe('a proxy', () => {
  let portal: TestPortal;
  let proxy: TestProxy;
  let directory: string;
  let identity: AgentIdentity;

  /** A tunnel of an agent that says this of itself; what it is not asked for by CONNECT it does not know. */
  const connectAgent = async (said: object): Promise<ServerHttp2Session> => {
    const { socket, challenge } = await beginHandshake(proxy.url);
    const hello = Buffer.from(JSON.stringify(said)).toString('base64url');
    const signature = identity.sign(signedText(challenge, hello));
    const more = 'of a later version';
    const line = JSON.stringify({ hello, signature, more });
    expect(await verdictOn(socket, line)).toMatchObject({ accepted: true });
    const server = createServer((_, response) => response.end('{}'));
    const session = performServerHandshake(socket);
    session.on('error', () => {});
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      if (headers[':method'] === 'CONNECT') {
        stream.respond({ ':status': 200 });
        server.emit('connection', stream);
      } else {
        stream.respond({ ':status': 404 }, { endStream: true });
        stream.resume();
      }
    });
    return session;
  };
  const statusOf = async () => {
    const response = await fetch(`${proxy.url}/clusters/edge${PODS}`, {
      headers: { authorization: `Bearer ${await portal.issue()}` },
    });
    await response.arrayBuffer();
    return response.status;
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'skew-'));
    identity = await AgentIdentity.open(directory);
    portal = await TestPortal.start([ROLE]);
    const key = identity.publicKey;
    const tags = { site: 'fra1' };
    portal.setTunnels([{ name: 'edge-1', tags, clusters: ['*'], key }]);
    proxy = await TestProxy.start(portal, { clusters }, INSTANCE);
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    rmSync(directory, { recursive: true });
  });

  it.each([
    [
      'a later version, which says more',
      {
        name: 'edge-1',
        version: '99.1.0',
        hostName: 'edge',
        load: { calls: 1 },
        clusters: [
          { name: 'edge', endpoint: 'https://a', tags: {}, zone: 'b' },
        ],
      },
    ],
    [
      'an earlier version, which says less',
      { name: 'edge-1', version: '0.0.1', clusters: [{ name: 'edge' }] },
    ],
  ])('works with an agent of %s', async (_what, said) => {
    const session = await connectAgent(said);
    try {
      expect(await statusOf()).toBe(200);
    } finally {
      session.destroy();
    }
  });

  it('keeps an agent that does not understand its news', async () => {
    const hello = {
      name: 'edge-1',
      version: '0.0.1',
      clusters: [{ name: 'edge' }],
    };
    const session = await connectAgent(hello);
    try {
      let refused = 0;
      session.on('stream', (_, headers) => {
        refused += headers[':method'] === 'CONNECT' ? 0 : 1;
      });
      portal.instances = [INSTANCE, OTHER];
      // A change is told at once, and the answer names the instances.
      portal.setTunnels([...(portal.tunnels ?? [])]);
      await until(() => refused > 0, 'the news');
      expect(await statusOf()).toBe(200);
      expect(session.closed).toBe(false);
    } finally {
      session.destroy();
    }
  });
});

describe('an agent', () => {
  let api: TestApiServer;
  let portal: TestPortal;
  let real: TestProxy;
  let proxy: HostileProxy;
  let agent: TestAgent;

  beforeEach(async () => {
    api = await TestApiServer.start();
    portal = await TestPortal.start([ROLE]);
    real = await TestProxy.start(portal, { clusters });
    proxy = await HostileProxy.start();
  });
  afterEach(async () => {
    await agent.stop();
    await proxy.stop();
    await real.stop();
    await portal.stop();
    await api.stop();
  });

  it('works with a proxy of a later version, which says more and asks for what it does not know', async () => {
    proxy.verdict = { accepted: true, instances: [proxy.instance], weight: 3 };
    agent = await TestAgent.start(
      {
        proxies: [{ url: real.url }, { url: proxy.url }],
        joinToken: portal.issueJoinToken('edge-1', { site: 'fra1' }),
        clusters: [{ name: 'edge', endpoint: api.url }],
        drainTimeout: '1s',
      },
      { tunnels: 2 },
    );
    await until(() => proxy.isConnected, 'the session');
    expect(await proxy.post('/news', '{"moon":"full"}')).toBe(204);
    expect(await proxy.post('/never-heard-of', '{}')).toBe(404);
    const answer = await proxy.ask(
      'edge',
      `GET ${PODS} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nImpersonate-User: guest\r\nLater-Header: x\r\n\r\n`,
    );
    expect(answer.text).toContain('HTTP/1.1 200 OK');
    expect(agent.state.tunnels).toBe(2);
  });
});
