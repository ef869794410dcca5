import { once } from 'node:events';
import { createConnection, Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { proxyConfigSchema } from '../src/config';
import { ProxyServer } from '../src/server';
import { RawConnection } from './contract/RawConnection';
import { TestAuthority } from './contract/TestAuthority';

const V1 = Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 56324 6443\r\n');
const V2_SIGNATURE = '0d0a0d0a000d0a515549540a';
const V2 = Buffer.from(
  `${V2_SIGNATURE}2121002420010db800000000000000000000000120010db8000000000000000000000002dc041947`,
  'hex',
);
/** A health check of the balancer itself. */
const LOCAL = Buffer.from(`${V2_SIGNATURE}20000000`, 'hex');
const REQUEST = 'GET / HTTP/1.1\r\nHost: proxy\r\n\r\n';

/** A server that tells each client from where it comes. */
async function startServer(
  options: {
    tls?: { certFile: string; keyFile: string };
    trustedProxies?: string[];
  } = {},
  headerTimeoutMs?: number,
): Promise<ProxyServer> {
  const server = ProxyServer.fromConfig(
    proxyConfigSchema.shape.server.parse({
      host: '127.0.0.1',
      port: 0,
      proxyProtocol: true,
      trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
      ...options,
    }),
    {
      handleRequest: async (_request, response, clientIp) => {
        response.end(`from ${clientIp}.`);
      },
      handleUpgrade: async (_request, socket, head, clientIp) => {
        socket.write(`upgraded from ${clientIp}, ${head}.`);
        socket.on('data', data => socket.write(data));
      },
    },
    { headerTimeoutMs },
  );
  await server.listen();
  return server;
}

describe('a connection through a balancer', () => {
  let authority: TestAuthority;
  let plain: ProxyServer;
  let secure: ProxyServer;
  const sockets: Socket[] = [];

  const open = async (server: ProxyServer) => {
    const socket = createConnection(server.port, '127.0.0.1');
    socket.setNoDelay(true);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  const openRaw = async (server: ProxyServer) =>
    RawConnection.over(await open(server));
  const ask = async (header: Buffer, request = REQUEST) => {
    const client = await openRaw(plain);
    client.write(Buffer.concat([header, Buffer.from(request)]));
    return await client.receives(/from .*\./);
  };

  beforeAll(async () => {
    authority = await TestAuthority.create();
    plain = await startServer();
    const { certFile, keyFile } = await authority.issue('127.0.0.1');
    secure = await startServer({ tls: { certFile, keyFile } });
  });
  afterAll(async () => {
    sockets.forEach(socket => socket.destroy());
    await Promise.all([plain.close(0), secure.close(0)]);
    authority.remove();
  });

  it.each<[string, Buffer, string]>([
    ['v1', V1, '192.0.2.1'],
    ['v2', V2, '2001:db8::1'],
    ['v2 of the balancer itself', LOCAL, '127.0.0.1'],
  ])('with %s comes from where the header says', async (_, header, source) => {
    expect(await ask(header)).toContain(`from ${source}.`);
  });

  it.each<[string, Buffer, string]>([
    ['v1', V1, '192.0.2.1'],
    ['v2', V2, '2001:db8::1'],
  ])('with %s over TLS, too', async (_, header, source) => {
    const socket = await open(secure);
    socket.write(header);
    const client = RawConnection.over(
      connectTls({ socket, ca: authority.ca, host: '127.0.0.1' }),
    );
    client.write(REQUEST);
    await client.receives(`from ${source}.`);
    client.write(REQUEST);
    await client.receives(/from .*from /s);
  });

  it('may come in pieces before TLS, with the first bytes of TLS in the last', async () => {
    await Promise.all(
      Array.from({ length: V2.length + 1 }, async (_piece, i) => {
        const socket = await open(secure);
        const [ours, theirs] = duplexPair();
        const client = RawConnection.over(
          connectTls({ socket: ours, ca: authority.ca, host: '127.0.0.1' }),
        );
        const [hello] = await once(theirs, 'data');
        theirs.pause();
        socket.write(V2.subarray(0, i));
        await new Promise(setImmediate);
        socket.write(Buffer.concat([V2.subarray(i), hello]));
        theirs.pipe(socket).pipe(theirs);
        client.write(REQUEST);
        await client.receives('from 2001:db8::1.');
      }),
    );
  });

  it.each([
    ['v1', V1],
    ['v2', V2],
  ])('may come in pieces: %s', async (_, header) => {
    const whole = Buffer.concat([header, Buffer.from(REQUEST)]);
    await Promise.all(
      Array.from({ length: header.length + 2 }, async (_piece, i) => {
        const client = await openRaw(plain);
        client.write(whole.subarray(0, i + 1));
        await new Promise(setImmediate);
        client.write(whole.subarray(i + 1));
        await client.receives(/from (192.0.2.1|2001:db8::1)\./);
      }),
    );
  });

  it('can be upgraded with the bytes that follow', async () => {
    const upgrade =
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nfirst';
    expect(await ask(V1, upgrade)).toContain('upgraded from 192.0.2.1, first.');
  });

  it('is one for all its requests', async () => {
    expect(await ask(V1, `${REQUEST}${REQUEST}`)).toContain('192.0.2.1');
  });

  it.each<[string, Buffer, string]>([
    ['is not believed from a client', V1, '192.0.2.1'],
    [
      'is believed from another balancer behind the first',
      Buffer.from('PROXY TCP4 10.0.0.7 198.51.100.7 56324 6443\r\n'),
      '203.0.113.9',
    ],
    ['is believed from the balancer itself', LOCAL, '203.0.113.9'],
  ])('whose X-Forwarded-For %s', async (_, header, source) => {
    const request =
      'GET / HTTP/1.1\r\nHost: proxy\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n';
    expect(await ask(header, request)).toContain(`from ${source}.`);
  });

  it.each<[string, Buffer]>([
    ['no header', Buffer.from(REQUEST)],
    ['TLS at once', Buffer.from('160301020001', 'hex')],
    ['garbage', Buffer.from('PROXY TCP4 nowhere\r\n')],
    ['a header that never ends', Buffer.from(`PROXY ${'x'.repeat(200)}`)],
  ])('with %s is closed without a word', async (_, bytes) => {
    const client = await openRaw(plain);
    client.write(bytes);
    await client.isClosed();
    expect(client.text).toBe('');
  });

  it('that drips is closed in time', async () => {
    const server = await startServer({}, 200);
    const client = await openRaw(server);
    let sent = 0;
    const drip = setInterval(() => {
      client.write(V2.subarray(sent, sent + 1));
      sent += 1;
    }, 100);
    await client.isClosed();
    clearInterval(drip);
    expect(sent).toBeLessThan(V2.length);
    expect(client.text).toBe('');
    await server.close(0);
  });

  it('that ends in its header is closed', async () => {
    const client = await openRaw(plain);
    client.socket.end(V1.subarray(0, 10));
    await client.isClosed();
  });

  it('from somewhere else than a balancer is closed', async () => {
    const server = await startServer({ trustedProxies: ['192.0.2.0/24'] });
    const client = await openRaw(server);
    client.write(Buffer.concat([V1, Buffer.from(REQUEST)]));
    await client.isClosed();
    expect(client.text).toBe('');
    await server.close(0);
  });

  it('that has sent nothing yet does not keep the server from ending', async () => {
    const server = await startServer();
    const client = await openRaw(server);
    await server.close(10);
    await client.isClosed();
  });
});

describe('server.proxyProtocol', () => {
  it('needs the addresses of balancers', () => {
    const problemsOf = (settings: object) =>
      proxyConfigSchema.shape.server.safeParse({
        host: '127.0.0.1',
        ...settings,
      }).error?.issues;
    expect(problemsOf({ proxyProtocol: true })).toEqual([
      expect.objectContaining({ path: ['proxyProtocol'] }),
    ]);
    expect(problemsOf({ trustedProxies: ['10.0.0.0/8', 'nowhere'] })).toEqual([
      expect.objectContaining({ path: ['trustedProxies', 1] }),
    ]);
  });
});
