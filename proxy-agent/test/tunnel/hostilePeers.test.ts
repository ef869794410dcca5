import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { beginHandshake, verdictOn } from './foreignAgent';
import { HostileProxy } from './HostileProxy';
import { TestAgent } from './TestAgent';
import {
  AgentIdentity,
  newNonce,
  signedText,
  VERSION_HEADER,
} from './tunnelInternals';

jest.setTimeout(60_000);

const HELLO = { name: 'edge-1', version: '1', clusters: [{ name: 'edge' }] };
const encode = (hello: object) =>
  Buffer.from(JSON.stringify(hello)).toString('base64url');

describe('a proxy in the hands of somebody else', () => {
  let api: TestApiServer;
  let proxy: HostileProxy;
  let directory: string;
  let agent: TestAgent;

  beforeEach(async () => {
    api = await TestApiServer.start();
    proxy = await HostileProxy.start();
    directory = mkdtempSync(join(tmpdir(), 'hostile-'));
    mkdirSync(join(directory, 'state'));
    writeFileSync(
      join(directory, 'state/joined.json'),
      JSON.stringify({
        name: 'edge-1',
        tags: {},
        clusters: ['*'],
        tokenId: 'x',
      }),
    );
    writeFileSync(join(directory, 'token'), 'the-agents-own');
    agent = await TestAgent.start(
      {
        stateDirectory: join(directory, 'state'),
        proxies: [{ url: proxy.url }],
        clusters: [
          {
            name: 'edge',
            endpoint: api.url,
            tokenFile: join(directory, 'token'),
          },
        ],
        drainTimeout: '1s',
      },
      { tunnels: 0 },
    );
  });
  afterEach(async () => {
    await agent.stop();
    await proxy.stop();
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  const call = (headers: string) =>
    `GET /api/v1/secrets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;

  it.each([
    ['as nobody', ''],
    ['as the agent, by its own word', 'Authorization: Bearer mine\r\n'],
    ['as a part of the cluster', 'Impersonate-User: system:node:a\r\n'],
    [
      'as a master',
      'Impersonate-User: jane\r\nImpersonate-Group: system:masters\r\n',
    ],
    [
      'as nobody, by a header of this connection alone',
      'Impersonate-User: jane\r\nConnection: impersonate-user\r\n',
    ],
    ['as two', 'Impersonate-User: jane\r\nImpersonate-User: joe\r\n'],
  ])('gets nothing %s', async (_how, headers) => {
    await until(() => proxy.isConnected, 'the agent');
    const { text } = await proxy.ask('edge', call(headers));
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain('"kind":"Status"');
    expect(api.seen).toEqual([]);
    expect(agent.state.refusals).toBe(1);
  });

  it('gets no session so, either', async () => {
    await until(() => proxy.isConnected, 'the agent');
    const { text } = await proxy.ask(
      'edge',
      'GET /api/v1/namespaces/a/pods/b/exec HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(api.seen).toEqual([]);
  });

  it('reaches nothing but what the agent is configured for', async () => {
    await until(() => proxy.isConnected, 'the agent');
    for (const place of ['other', '127.0.0.1:22', new URL(api.url).host]) {
      expect((await proxy.ask(place, '')).status).toBe(404);
    }
    await proxy.ask(
      'edge',
      'GET /api HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\nImpersonate-User: jane\r\n\r\n',
    );
    expect(api.seen.map(({ headers }) => headers.host)).toEqual([
      new URL(api.url).host,
    ]);
  });

  it.each([
    ['an absolute URL', 'GET http://169.254.169.254/latest', 'close'],
    ['a session of one', 'GET http://169.254.169.254/latest', 'Upgrade'],
    ['a path that leads upwards', 'GET /api/../../other', 'close'],
    ['one that does so in escapes', 'POST /api/%2e%2E/other', 'close'],
    ['TRACE, which would tell the credential', 'TRACE /api', 'close'],
  ])('gets nothing by %s', async (_what, line, connection) => {
    await until(() => proxy.isConnected, 'the agent');
    const { text } = await proxy.ask(
      'edge',
      `${line} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\nUpgrade: SPDY/3.1\r\nImpersonate-User: jane\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain('the tunnel agent forwards no');
    expect(api.seen).toEqual([]);
  });

  it('does an agent no harm with bytes that are no HTTP/2', async () => {
    let garbage = 0;
    proxy.onTunnel = socket => {
      garbage += 1;
      socket.write(Buffer.alloc(64 * 1024, garbage % 2 ? 0xff : 0));
    };
    await until(() => garbage >= 2, 'the agent to come again');
    await until(() => agent.state.tunnels === 0, 'the tunnel to end');
  });
});

describe('an agent in the hands of somebody else', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let directory: string;
  let identity: AgentIdentity;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hostile-'));
    identity = await AgentIdentity.open(directory);
    portal = await TestPortal.start([]);
    portal.setTunnels([
      {
        name: 'edge-1',
        tags: { site: 'fra1' },
        clusters: ['edge'],
        key: identity.publicKey,
      },
    ]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
    });
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  it('is taken with its key, and with no signature but the one for this connection', async () => {
    const hello = encode(HELLO);
    const first = await beginHandshake(proxy.url);
    const line = JSON.stringify({
      hello,
      signature: identity.sign(signedText(first.challenge, hello)),
    });
    expect(await verdictOn(first.socket, line)).toMatchObject({
      accepted: true,
    });
    first.socket.destroy();
    const replay = await beginHandshake(proxy.url);
    expect(await verdictOn(replay.socket, line)).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('has not joined'),
    });
    // A balancer that ends TLS passes it on to another proxy.
    const other = await beginHandshake(proxy.url);
    const signature = identity.sign(
      signedText({ ...other.challenge, instance: newNonce() }, hello),
    );
    expect(
      await verdictOn(other.socket, JSON.stringify({ hello, signature })),
    ).toMatchObject({ accepted: false });
  });

  it.each([
    ['another name', { ...HELLO, name: 'edge-2' }],
    ['a name that is none', { ...HELLO, name: '../edge-1' }],
    ['nothing', {}],
  ])('is refused with %s', async (_what, said) => {
    const { socket, challenge } = await beginHandshake(proxy.url);
    const hello = encode(said);
    const signature = identity.sign(signedText(challenge, hello));
    expect(
      await verdictOn(socket, JSON.stringify({ hello, signature })),
    ).toMatchObject({ accepted: false });
  });

  it.each(['', 'null', '{"hello":1}', '\0\0\0', '[]'.repeat(1000)])(
    'is refused when it says %j',
    async line => {
      const { socket } = await beginHandshake(proxy.url);
      expect(await verdictOn(socket, line)).toMatchObject({ accepted: false });
    },
  );

  it('is refused when it speaks another version', async () => {
    const { socket, challenge } = await beginHandshake(proxy.url, {
      [VERSION_HEADER]: '2',
    });
    const hello = encode(HELLO);
    const signature = identity.sign(signedText(challenge, hello));
    expect(
      await verdictOn(socket, JSON.stringify({ hello, signature })),
    ).toMatchObject({ reason: expect.stringContaining('version') });
  });

  it('is cut when it sends more than a handshake has, or bytes that are no HTTP/2', async () => {
    const long = await beginHandshake(proxy.url);
    long.socket.on('error', () => {});
    long.socket.write(Buffer.alloc(1024 * 1024, 'a'));
    await new Promise(resolve => {
      long.socket.resume().once('close', resolve);
    });
    const { socket, challenge } = await beginHandshake(proxy.url);
    const hello = encode(HELLO);
    const signature = identity.sign(signedText(challenge, hello));
    await verdictOn(socket, JSON.stringify({ hello, signature }));
    socket.write(Buffer.alloc(64 * 1024, 0xff));
    await new Promise(resolve => {
      socket.resume().once('close', resolve);
    });
    const answer = await fetch(`${proxy.adminUrl}/healthz`);
    expect(answer.status).toBe(200);
  });

  it('does not become another by a join without a token', async () => {
    const join1 = await fetch(`${proxy.url}/v1/tunnel/join`, {
      method: 'POST',
      body: JSON.stringify({
        tokenId: '019aa000-0000-7000-b000-00000000000a',
        key: identity.publicKey,
        proof: 'x',
      }),
    });
    expect(join1.status).toBe(403);
    const nonsense = await fetch(`${proxy.url}/v1/tunnel/join`, {
      method: 'POST',
      body: 'a'.repeat(1000),
    });
    expect(nonsense.status).toBe(400);
    portal.outage = 503;
    const away = await fetch(`${proxy.url}/v1/tunnel/join`, {
      method: 'POST',
      body: JSON.stringify({
        tokenId: '019aa000-0000-7000-b000-00000000000a',
        key: identity.publicKey,
        proof: 'x',
      }),
    });
    expect(away.status).toBe(502);
    portal.outage = undefined;
  });
});
