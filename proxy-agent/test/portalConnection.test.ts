import { createServer as createHttpServer, Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { AddressInfo, connect } from 'node:net';
import { PortalClient } from '../src/delivery';
import { TestAuthority } from './contract/TestAuthority';

jest.setTimeout(60_000);

const PORTAL_NAME = 'portal.example.com';
const CREDENTIAL = 'user:word';

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Connects to this machine, whatever name it is asked for. */
function createHttpProxy(asked: string[]): Server {
  return createHttpServer((_, response) => {
    response.writeHead(405).end();
  }).on('connect', (request, client, head) => {
    asked.push(
      `${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim(),
    );
    const upstream = connect({
      host: '127.0.0.1',
      port: Number(request.url?.split(':')[1]),
    });
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    client.on('error', () => {}).pipe(upstream);
    upstream.on('error', () => {}).pipe(client);
  });
}

describe('the connection to the portal', () => {
  let authority: TestAuthority;
  let portal: Server;
  let httpProxy: Server;
  let portalPort: number;
  let proxyUrl: string;
  let client: PortalClient | undefined;
  const asked: string[] = [];

  beforeAll(async () => {
    authority = await TestAuthority.create();
    const { cert, key } = await authority.issue(PORTAL_NAME, '127.0.0.1');
    portal = createHttpsServer({ cert, key }, (request, response) => {
      request.resume().on('end', () => response.end(`${request.method}`));
    });
    httpProxy = createHttpProxy(asked);
    portalPort = await listen(portal);
    proxyUrl = `http://${CREDENTIAL}@127.0.0.1:${await listen(httpProxy)}`;
  });

  beforeEach(() => {
    asked.length = 0;
  });

  afterEach(async () => {
    await client?.close();
  });

  afterAll(() => {
    for (const server of [portal, httpProxy]) {
      server.closeAllConnections();
      server.close();
    }
    authority.remove();
  });

  async function call(
    host: string,
    options: Partial<Parameters<typeof PortalClient.fromConfig>[0]>,
  ): Promise<string> {
    client = PortalClient.fromConfig({
      agentId: 'agent',
      url: `https://${host}:${portalPort}`,
      token: 'agent-token',
      caFile: authority.caFile,
      environment: {},
      ...options,
    });
    const { body } = await client.call('POST', '/v1/ingest/events', {
      body: 'record',
    });
    return body.toString();
  }

  const throughProxy = () =>
    `${PORTAL_NAME}:${portalPort} Basic ${Buffer.from(CREDENTIAL).toString(
      'base64',
    )}`;

  it.each([
    ['portal.httpProxy', () => ({ httpProxy: proxyUrl })],
    ['HTTPS_PROXY', () => ({ environment: { HTTPS_PROXY: proxyUrl } })],
  ])(
    'goes through the HTTP proxy of %s, and trusts the authority of caFile',
    async (_, options) => {
      expect(await call(PORTAL_NAME, options())).toBe('POST');
      expect(asked).toEqual([throughProxy()]);
    },
  );

  it('goes past the HTTP proxy of the environment to a portal on this machine', async () => {
    const environment = { HTTPS_PROXY: proxyUrl };
    expect(await call('127.0.0.1', { environment })).toBe('POST');
    expect(asked).toEqual([]);
  });

  it('is not made to a portal whose certificate is of another authority', async () => {
    await expect(
      call(PORTAL_NAME, { httpProxy: proxyUrl, caFile: undefined }),
    ).rejects.toThrow('unable to verify');
  });

  it('fails with the status of an HTTP proxy that refuses it', async () => {
    const refusing = createHttpServer().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    try {
      await expect(
        call(PORTAL_NAME, {
          httpProxy: `http://127.0.0.1:${await listen(refusing)}`,
        }),
      ).rejects.toThrow('407');
    } finally {
      refusing.closeAllConnections();
      refusing.close();
    }
  });
});
