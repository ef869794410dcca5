import { mkdtempSync, rmSync } from 'node:fs';
import { performServerHandshake, ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestPortal } from '../TestPortal';
import { TestProxy, until } from '../TestProxy';
import { endlessHeaders, FLOODS } from './floods';
import { beginHandshake, verdictOn } from './foreignAgent';
import {
  connectTo,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  header,
  setting,
  uint32,
} from './http2Frames';
import { AgentIdentity, signedText } from './tunnelInternals';

jest.setTimeout(60_000);

/** SETTINGS_MAX_CONCURRENT_STREAMS. */
const STREAMS = 3;

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
  /** Answers each first request of a stream so. */
  const answerWith = async (answer: string): Promise<ServerHttp2Session> => {
    const session = performServerHandshake(await connect());
    session.on('error', () => {});
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      stream.respond({
        ':status': headers[':method'] === 'CONNECT' ? 200 : 404,
      });
      stream.once('data', () => stream.write(answer)).resume();
    });
    return session;
  };
  const call = async () => {
    const response = await fetch(
      `${proxy.url}/clusters/edge/api/v1/namespaces/dev/pods`,
      { headers: { authorization: `Bearer ${await portal.issue()}` } },
    );
    return { status: response.status, text: await response.text() };
  };

  it.each<[what: string, bytes: () => Buffer]>([
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
    ['headers without an end', () => endlessHeaders(header(':status', '200'))],
  ])('do a proxy no harm: %s', async (_what, bytes) => {
    const socket = await connect();
    socket.on('error', () => {});
    const closed = new Promise(resolve => {
      socket.resume().once('close', resolve);
    });
    socket.end(Buffer.concat([frame(FRAME.settings), bytes()]));
    await closed;
    await until(async () => (await call()).status === 503, 'the end of it');
    expect((await call()).text).toContain('site=fra1');
  });

  it.each([
    [
      'a head without an end',
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100_000)}`,
    ],
    ['bytes that are no HTTP', '\0'.repeat(1000)],
  ])('carry no answer to a call: %s', async (_what, answer) => {
    const session = await answerWith(answer);
    const { status, text } = await call();
    expect(status).toBe(502);
    expect(text).toContain(
      'the API server of cluster \\"edge\\" did not answer',
    );
    session.destroy();
  });

  it('carry no answer to the next call', async () => {
    const session = await answerWith(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirstHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged',
    );
    for (let i = 0; i < 3; i++) {
      expect(await call()).toEqual({ status: 200, text: 'first' });
    }
    session.destroy();
  });

  it('leave a call no longer without an answer than it takes to give the agent up', async () => {
    const socket = await connect();
    socket.on('error', () => {}).resume();
    // It answers no ping, and takes no stream.
    socket.write(frame(FRAME.settings, { payload: setting(STREAMS, 0) }));
    const { status, text } = await call();
    expect(status).toBe(502);
    expect(text).toMatch(
      /the tunnel agent edge-1 (does not answer|takes nothing)/,
    );
    await until(async () => (await call()).status === 503, 'the end of it');
    socket.destroy();
  });
});
