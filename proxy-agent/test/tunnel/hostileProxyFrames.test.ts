import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from '../TestApiServer';
import { until } from '../TestProxy';
import { clientFloods, FLOODS } from './floods';
import { HostileProxy } from './HostileProxy';
import { connectTo, FRAME, frame, PREFACE } from './http2Frames';
import { TestAgent } from './TestAgent';

jest.setTimeout(60_000);

const MEBIBYTE = 1024 * 1024;

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
        socket.end(Buffer.concat([frame(FRAME.settings), bytes]));
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

  it.each([...FLOODS, ...clientFloods(connectTo('edge'))])(
    'do an agent no harm: %s',
    async (_what, bytes) => {
      const attacked = attack(bytes());
      await startAgent();
      await attacked;
      await stillWorks();
    },
  );

  it('do an agent no harm: news that are too long', async () => {
    await startAgent();
    await until(() => proxy.isConnected, 'the agent');
    await proxy.post('/news', 'x'.repeat(MEBIBYTE + 10));
    await stillWorks();
    expect(agent.state.begun).toBe(1);
  });
});
