import type { IncomingMessage } from 'node:http';
import { proxyConfigSchema } from '../../src/config';
import { ProxyServer } from '../../src/server';
import { Contract } from './Contract';
import { RawConnection } from './RawConnection';
import { rawAnswer } from './RawApiServer';

describe('the head of a request', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  it('may be as large as a long command makes it', async () => {
    const command = 'x'.repeat(200_000);
    await contract.send('GET', `/api/v1/pods?command=${command}`);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    expect(upstream.text).toContain(`?command=${command} HTTP/1.1\r\n`);
  });

  it.each([
    ['one header', `X-Large: ${'x'.repeat(300 * 1024)}\r\n`],
    ['many headers', 'X-Many: 0123456789\r\n'.repeat(20_000)],
  ])('that is too large in %s is answered with 431', async (_, headers) => {
    const client = await contract.connect();
    client.write(
      `GET /clusters/demo/api HTTP/1.1\r\nHost: proxy\r\n${headers}\r\n`,
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 431 /);
    expect(contract.api.connections).toEqual([]);
  });

  it('with a target that is too large is answered with 431', async () => {
    const client = await contract.send('GET', `/${'x'.repeat(300 * 1024)}`);
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('with more headers than could be looked at is refused, none being dropped', async () => {
    // Node forgets what follows the 2000th header unless it is told not to.
    const client = await contract.send('GET', '/api/v1/pods', [
      ...Array.from({ length: 2500 }, (_, i) => `X-${i}: 1`),
      'Impersonate-User: jane',
    ]);
    expect(await client.receives('}')).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.text).toContain('1000 header lines at the most');
    expect(contract.api.connections).toEqual([]);
  });

  it.each([
    ['a name', `/api/v1/namespaces/${'n'.repeat(3000)}/pods`, []],
    ['a resource', `/api/v1/${'r'.repeat(3000)}`, []],
    [
      'a resource and its subresource together',
      `/api/v1/${'r'.repeat(1024)}/name/${'s'.repeat(1024)}`,
      [],
    ],
    [
      'a container',
      `/api/v1/namespaces/dev/pods/web/exec?command=sh&container=${'c'.repeat(
        3000,
      )}`,
      [],
    ],
    [
      'a selector of a name',
      `/api/v1/pods?fieldSelector=metadata.name%3D${'n'.repeat(3000)}`,
      [],
    ],
    [
      'groups',
      '/api/v1/pods',
      [
        'Impersonate-User: jane',
        ...Array<string>(300).fill('Impersonate-Group: testers'),
      ],
    ],
    ['a user', '/api/v1/pods', [`Impersonate-User: ${'j'.repeat(3000)}`]],
  ])(
    'with more of %s than a row can hold is refused',
    async (_, path, headers) => {
      const client = await contract.send('GET', path, headers);
      expect(await client.receives('}')).toMatch(/^HTTP\/1\.1 400 /);
      await contract.eventOf(path);
      expect(contract.api.connections).toEqual([]);
    },
  );

  it.each([
    ['path', `/${'p'.repeat(100_000)}/%00`],
    ['path of no resource', `/healthz/${'p'.repeat(100_000)}`],
  ])(
    'with a %s that is larger than a row is cut in the row',
    async (_, path) => {
      const client = await contract.send('GET', path, ['Connection: close']);
      const answered = contract.api.connection().then(async upstream => {
        await upstream.receives('\r\n\r\n');
        upstream.write(rawAnswer('{}'));
      });
      await client.isEnded();
      await contract.eventOf(path.slice(0, 16 * 1024));
      answered.catch(() => {});
    },
  );

  it('that does not come is not waited for', async () => {
    const seen: IncomingMessage[] = [];
    const server = ProxyServer.fromConfig(
      proxyConfigSchema.shape.server.parse({ host: '127.0.0.1', port: 0 }),
      {
        handleRequest: async (request, response) => {
          seen.push(request);
          response.end();
        },
        handleUpgrade: async () => {},
      },
      { headTimeoutMs: 200 },
    );
    await server.listen();
    const client = await RawConnection.open(server.port);
    const drip = setInterval(() => client.write('x'), 20);
    client.write('GET / HTTP/1.1\r\nHost: proxy\r\nX-Slow: ');
    await client.isEnded();
    clearInterval(drip);
    expect(client.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(seen).toEqual([]);
    client.destroy();
    await server.close(0);
  });
});
