import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from '../TestApiServer';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { beginHandshake, verdictOn } from './foreignAgent';
import { HostileProxy } from './HostileProxy';
import {
  connectTo,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  header,
  PREFACE,
  setting,
  uint32,
} from './http2Frames';
import { TestAgent } from './TestAgent';
import { AgentIdentity, signedText } from './tunnelInternals';

jest.setTimeout(60_000);

const NO_ERROR = uint32(0);
const CANCEL = uint32(8);
/** SETTINGS_INITIAL_WINDOW_SIZE. */
const WINDOW = 4;
/** SETTINGS_MAX_CONCURRENT_STREAMS. */
const STREAMS = 3;
const SETTINGS = frame(FRAME.settings);
const MANY = 20_000;
const MEBIBYTE = 1024 * 1024;

const times = (count: number, piece: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => piece(index)));
/** What may be sent without having been asked for, in either direction. */
const FLOODS: [what: string, bytes: () => Buffer][] = [
  [
    'pings',
    () => times(MANY, () => frame(FRAME.ping, { payload: Buffer.alloc(8) })),
  ],
  ['settings', () => times(MANY, () => SETTINGS)],
  [
    'windows that are too wide',
    () =>
      times(2, () =>
        frame(FRAME.windowUpdate, { payload: uint32(0x7fffffff) }),
      ),
  ],
  [
    'farewells',
    () =>
      times(MANY, () => frame(FRAME.goAway, { payload: Buffer.alloc(8) })),
  ],
  [
    'a frame that is too large',
    () => frame(FRAME.data, { stream: 1, payload: Buffer.alloc(MEBIBYTE) }),
  ],
];

describe('frames of a proxy in the hands of somebody else', () => {
  let api: TestApiServer;
  let proxy: HostileProxy;
  let directory: string;
  let agent: TestAgent;

  /** The agent still does what it is for, on another tunnel. */
  const stillWorks = async () => {
    await until(() => proxy.isConnected, 'the agent to come again');
    const { text } = await proxy.ask(
      'edge',
      'GET /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nImpersonate-User: jane\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  };
  /** Sends these on the first tunnel; the next one is as it should be. */
  const attack = async (bytes: Buffer) => {
    await new Promise<void>(resolve => {
      proxy.onTunnel = (socket: Duplex) => {
        proxy.onTunnel = undefined;
        socket.resume().once('close', resolve);
        socket.write(PREFACE);
        // With the end of the connection an agent that has put up with it comes again.
        socket.end(Buffer.concat([SETTINGS, bytes]));
      };
    });
  };

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
  });
  const startAgent = async () => {
    agent = await TestAgent.start(
      {
        stateDirectory: join(directory, 'state'),
        proxies: [{ url: proxy.url }],
        clusters: [{ name: 'edge', endpoint: api.url }],
        drainTimeout: '1s',
      },
      { tunnels: 0 },
    );
  };
  afterEach(async () => {
    await agent.stop();
    await proxy.stop();
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ...FLOODS,
    [
      'streams that are taken back at once',
      () =>
        times(1000, index => {
          const stream = 2 * index + 1;
          const how = { stream, flags: END_HEADERS };
          return Buffer.concat([
            frame(FRAME.headers, { ...how, payload: connectTo('edge') }),
            frame(FRAME.resetStream, {
              stream,
              payload: index % 2 ? CANCEL : NO_ERROR,
            }),
          ]);
        }),
    ],
    [
      'headers without an end',
      () =>
        Buffer.concat([
          frame(FRAME.headers, { stream: 1, payload: connectTo('edge') }),
          times(MANY, () =>
            frame(FRAME.continuation, {
              stream: 1,
              payload: header('a', 'b'.repeat(100)),
            }),
          ),
        ]),
    ],
    [
      'more headers than anybody has',
      () =>
        frame(FRAME.headers, {
          stream: 1,
          flags: END_HEADERS,
          payload: Buffer.concat([
            connectTo('edge'),
            times(400, index => header(`a-${index}`, 'b')),
          ]),
        }),
    ],
    [
      'windows into which nothing fits',
      () =>
        Buffer.concat([
          frame(FRAME.settings, { payload: setting(WINDOW, 0) }),
          times(500, index =>
            frame(FRAME.headers, {
              stream: 2 * index + 1,
              flags: END_HEADERS,
              payload: connectTo('edge'),
            }),
          ),
        ]),
    ],
  ])('do an agent no harm: %s', async (_what, bytes) => {
    const attacked = attack(bytes());
    await startAgent();
    await attacked;
    await stillWorks();
  });

  it('do an agent no harm: news that are too long', async () => {
    await startAgent();
    await until(() => proxy.isConnected, 'the agent');
    await proxy.post('/news', 'x'.repeat(MEBIBYTE + 10));
    await stillWorks();
    expect(agent.state.begun).toBe(1);
  });
});

describe('frames of an agent in the hands of somebody else', () => {
  let portal: TestPortal;
  let proxy: TestProxy;
  let directory: string;
  let identity: AgentIdentity;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hostile-'));
    identity = await AgentIdentity.open(directory);
    portal = await TestPortal.start([
      {
        name: 'developer',
        subjects: ['group:default/team'],
        clusters: ['*'],
        rules: [{ effect: 'allow', resources: ['*'], verbs: ['*'] }],
      },
    ]);
    portal.setTunnels([
      {
        name: 'edge-1',
        tags: { site: 'fra1' },
        clusters: ['edge'],
        key: identity.publicKey,
      },
    ]);
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'edge', tunnel: { tags: { site: 'fra1' } } }],
    });
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    rmSync(directory, { recursive: true });
  });

  /** A connection on which the proxy speaks HTTP/2. */
  const connect = async () => {
    const { socket, challenge } = await beginHandshake(proxy.url);
    const hello = Buffer.from(
      JSON.stringify({
        name: 'edge-1',
        version: '1',
        clusters: [{ name: 'edge' }],
      }),
    ).toString('base64url');
    const signature = identity.sign(signedText(challenge, hello));
    const line = JSON.stringify({ hello, signature });
    expect(await verdictOn(socket, line)).toMatchObject({ accepted: true });
    return socket;
  };
  const call = async () => {
    const response = await fetch(
      `${proxy.url}/clusters/edge/api/v1/namespaces/dev/pods`,
      { headers: { authorization: `Bearer ${await portal.issue()}` } },
    );
    return { status: response.status, text: await response.text() };
  };

  it.each([
    ...FLOODS,
    [
      'a stream that is pushed',
      () =>
        frame(FRAME.pushPromise, {
          stream: 1,
          flags: END_HEADERS,
          payload: Buffer.concat([uint32(2), connectTo('edge')]),
        }),
    ],
    [
      'an answer that nobody has asked for',
      () =>
        frame(FRAME.headers, {
          stream: 2,
          flags: END_HEADERS | END_STREAM,
          payload: header(':status', '200'),
        }),
    ],
    [
      'headers without an end',
      () =>
        Buffer.concat([
          frame(FRAME.headers, {
            stream: 1,
            payload: header(':status', '200'),
          }),
          times(MANY, () =>
            frame(FRAME.continuation, {
              stream: 1,
              payload: header('a', 'b'.repeat(100)),
            }),
          ),
        ]),
    ],
  ])('do a proxy no harm: %s', async (_what, bytes) => {
    const socket = await connect();
    socket.on('error', () => {});
    const closed = new Promise(resolve => {
      socket.resume().once('close', resolve);
    });
    socket.end(Buffer.concat([SETTINGS, bytes()]));
    await closed;
    await until(async () => (await call()).status === 503, 'the end of it');
    expect((await call()).text).toContain('site=fra1');
  });

  it('leave a call no longer without an answer than it takes to give the agent up', async () => {
    const socket = await connect();
    socket.on('error', () => {}).resume();
    // It answers no ping, and takes no stream.
    socket.write(frame(FRAME.settings, { payload: setting(STREAMS, 0) }));
    const { status, text } = await call();
    expect(status).toBe(502);
    expect(text).toMatch(/the tunnel agent edge-1 (does not answer|takes nothing)/);
    await until(async () => (await call()).status === 503, 'the end of it');
    socket.destroy();
  });
});
