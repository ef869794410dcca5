import { once } from 'node:events';
import { connect, performServerHandshake } from 'node:http2';
import type { ClientHttp2Session, ServerHttp2Session } from 'node:http2';
import { AddressInfo, connect as connectTcp, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { Balancer } from './Balancer';
import { KeepAlive } from './tunnelInternals';

const PROBE_MS = 3000;
/** How long an answer is waited for on this machine, in milliseconds. */
const PATIENCE_MS = 500;

describe('a tunnel over which nothing is sent', () => {
  let listener: Server;
  let balancer: Balancer;
  let socket: Socket;
  let client: ClientHttp2Session;
  let server: ServerHttp2Session;
  let now: number;
  let deaths: string[];
  let keepAlive: KeepAlive;

  /** Lets so many probes come due, and be answered. */
  const pass = async (probes: number) => {
    for (let i = 0; i < probes; i++) {
      const before = socket.bytesRead;
      const end = performance.now() + PATIENCE_MS;
      now += PROBE_MS;
      jest.advanceTimersByTime(PROBE_MS);
      while (socket.bytesRead === before && performance.now() < end) {
        await new Promise(resolve => {
          setImmediate(resolve);
        });
      }
    }
  };

  beforeEach(async () => {
    listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    balancer = await Balancer.start([port]);
    socket = connectTcp({ port: balancer.port, host: '127.0.0.1' });
    const [other]: Socket[] = await once(listener, 'connection');
    server = performServerHandshake(other);
    server.on('error', () => {});
    server.on('stream', stream => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200 });
    });
    client = connect('http://a', { createConnection: () => socket });
    client.on('error', () => {});
    const stream = client.request(
      { ':method': 'CONNECT', ':authority': 'a' },
      { endStream: false },
    );
    stream.on('error', () => {});
    await once(stream, 'response');
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'],
    });
    now = 0;
    deaths = [];
    keepAlive = KeepAlive.start({
      session: client,
      socket,
      now: () => now,
      onDead: ({ message }) => deaths.push(message),
    });
  });
  afterEach(async () => {
    jest.useRealTimers();
    client.destroy();
    server.destroy();
    await balancer.stop();
    listener.close();
  });

  it.each([
    ['in use', () => {}],
    ['drained from here', () => client.close()],
    ['drained from there', () => server.close()],
  ])('stays while it is %s', async (_how, drain) => {
    drain();
    await pass(10);
    expect(deaths).toEqual([]);
    expect(client.destroyed).toBe(false);
  });

  it.each([
    ['in use', () => {}],
    ['drained from here', () => client.close()],
    ['drained from there', () => server.close()],
  ])(
    'is given up when the link is dead while it is %s',
    async (_how, drain) => {
      drain();
      await pass(2);
      balancer.loseEverything();
      await pass(2);
      expect(deaths).toEqual([]);
      await pass(2);
      expect(deaths).toEqual([
        expect.stringMatching(
          /^nothing was heard of the other side for \d+ s$/,
        ),
      ]);
    },
  );

  it('tells how far the other side is away', async () => {
    await pass(2);
    expect(keepAlive.roundTripMs).toBeGreaterThan(0);
  });
});
