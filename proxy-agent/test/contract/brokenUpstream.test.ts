import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { until } from '../TestProxy';
import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';

/** A port on loopback where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => {
    server.close(resolve);
  });
  return port;
}

describe('an API server that', () => {
  let contract: Contract;
  let api: RawApiServer;

  beforeEach(async () => {
    api = await RawApiServer.start();
    const port = await freePort();
    contract = await Contract.start({
      api,
      clusters: [
        { name: 'demo', endpoint: api.url },
        { name: 'down', endpoint: `http://127.0.0.1:${port}` },
        { name: 'down-by-name', endpoint: `http://localhost:${port}` },
        { name: 'nowhere', endpoint: 'http://no-such-host.invalid' },
      ],
    });
  });
  afterEach(async () => await contract.stop());

  it.each([
    ['down', 'GET', 'it refuses connections'],
    ['down', 'DELETE', 'it refuses connections'],
    ['down-by-name', 'GET', 'it refuses connections'],
    ['nowhere', 'GET', 'the DNS'],
  ])(
    'is %s answers %s with a 502 that says why, and leaves a row',
    async (cluster, method, reason) => {
      const client = await contract.connect();
      client.write(
        contract
          .request(method, '/api/v1/namespaces/dev/pods/web')
          .replace('/clusters/demo/', `/clusters/${cluster}/`),
      );
      const text = await client.receives('"code":502');
      expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
      const status = JSON.parse(text.slice(text.indexOf('{')));
      expect(status).toMatchObject({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'InternalError',
        message: expect.stringContaining(
          `the API server of cluster "${cluster}" cannot be reached: `,
        ),
      });
      expect(status.message).toContain(reason);
      expect(
        await contract.eventOf('/api/v1/namespaces/dev/pods/web'),
      ).toMatchObject({
        clusterName: cluster,
        result: 'failure',
        statusCode: 502,
        message: status.message,
      });
    },
  );

  it('is down refuses an exec with a 502 that says why, and leaves a row', async () => {
    const client = await contract.connect();
    client.write(
      contract
        .request('POST', '/api/v1/namespaces/dev/pods/web/exec', [
          'Connection: Upgrade',
          'Upgrade: SPDY/3.1',
        ])
        .replace('/clusters/demo/', '/clusters/down-by-name/'),
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(client.text).toContain('cannot be reached: it refuses connections');
    expect(client.text).toContain('"reason":"InternalError"');
    expect(
      await contract.eventOf('/api/v1/namespaces/dev/pods/web/exec'),
    ).toMatchObject({ result: 'failure', statusCode: 502 });
  });

  it.each([
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    [
      'in chunks on its last connection',
      'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    ],
    [
      'in the middle of a chunk',
      'Transfer-Encoding: chunked\r\n\r\nff\r\nhello',
    ],
    ['with a length', 'Content-Length: 100\r\n\r\nhello'],
    [
      'with a length on its last connection',
      'Connection: close\r\nContent-Length: 100\r\n\r\nhello',
    ],
  ])(
    'dies during an answer %s breaks the client off, too',
    async (_, answer) => {
      for (const die of ['end', 'reset'] as const) {
        const client = await contract.send('GET', '/api/v1/pods');
        const upstream = await api.connection(api.connections.length);
        await upstream.receives('\r\n\r\n');
        upstream.write(`HTTP/1.1 200 OK\r\n${answer}`);
        await client.receives('hello');
        upstream[die]();
        await client.isEnded();
        expect(client.text).not.toContain('\r\n0\r\n');
      }
    },
  );

  it('breaks off in the middle of an error is a 502', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.end('HTTP/1.1 503 Unavailable\r\nContent-Length: 100\r\n\r\n{');
    expect(await client.receives('"code":502')).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('hangs in the middle of an error does not keep what it said', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write('HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\n{"a":');
    expect(await client.receives('{"a":')).toMatch(/^HTTP\/1\.1 500 Oh\r\n/);
    expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
      result: 'failure',
      statusCode: 500,
      message: 'Oh',
    });
    upstream.write('1'.repeat(95));
    await client.receives(/\{"a":1{95}$/);
  });

  it('hangs in the middle of refusing an upgrade does not keep what it said', async () => {
    const client = await contract.send(
      'POST',
      '/api/v1/namespaces/dev/pods/web/exec',
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1'],
    );
    const upstream = await api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write('HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\n{"a":');
    expect(await client.receives('{"a":')).toMatch(/^HTTP\/1\.1 500 Oh\r\n/);
    upstream.write('1'.repeat(95));
    await client.receives(/\{"a":1{95}$/);
    await client.isEnded();
  });

  it('agrees to an upgrade and is gone ends the session, not the proxy', async () => {
    const path = '/api/v1/namespaces/dev/pods/web/portforward';
    const client = await contract.send('POST', path, [
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
    ]);
    const upstream = await api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
    );
    upstream.reset();
    await client.isEnded();
    client.end();
    await until(
      () =>
        contract.portal
          .events()
          .some(({ message }) => message.startsWith('session ended')),
      'the end of the session',
    );
    expect((await fetch(`${contract.proxy.adminUrl}/healthz`)).status).toBe(
      200,
    );
  });

  it('answers before it has the whole request is heard', async () => {
    const client = await contract.send('POST', '/api/v1/namespaces/dev/pods', [
      'Content-Length: 10000000',
    ]);
    client.write('x'.repeat(100_000));
    const upstream = await api.connection();
    await upstream.receives(/\r\n\r\nx/);
    upstream.write(
      rawAnswer('{"message":"too large"}', {
        status: '413 Payload Too Large',
        headers: ['Connection: close'],
      }),
    );
    expect(await client.receives('too large')).toMatch(/^HTTP\/1\.1 413 /);
    expect(client.closed).toBe(false);
    expect(await contract.eventOf('/api/v1/namespaces/dev/pods')).toMatchObject(
      { statusCode: 413, message: 'too large' },
    );
  });

  it.each([
    ['with a length', 'Content-Length: 10000000', 'x'.repeat(200_000)],
    ['in chunks', 'Transfer-Encoding: chunked', '5\r\nhello\r\n'],
  ])('dies during a request %s is a 502', async (_, framing, start) => {
    for (const die of ['end', 'reset'] as const) {
      const client = await contract.send(
        'POST',
        '/api/v1/namespaces/dev/pods',
        [framing],
        start,
      );
      const upstream = await api.connection(api.connections.length);
      await upstream.receives(/x|hello/);
      upstream[die]();
      upstream.destroy();
      expect(await client.receives('"code":502')).toMatch(
        /may have carried out the call/,
      );
    }
  });

  it('is down answers a request in chunks with a 502', async () => {
    const client = await contract.connect();
    client.write(
      contract
        .request('POST', '/api', ['Transfer-Encoding: chunked'], '1\r\nx\r\n')
        .replace('/clusters/demo/', '/clusters/down/'),
    );
    await client.receives('"code":502');
    // The rest may still come, and another request behind it.
    client.write(`0\r\n\r\n${contract.request('GET', '/api/v1/%00')}`);
    await client.receives('"code":400');
  });

  it('answers early does not spoil the connection for a client that finishes', async () => {
    const client = await contract.send('POST', '/api/v1/namespaces/dev/pods', [
      'Content-Length: 1000000',
    ]);
    client.write('x'.repeat(500_000));
    const upstream = await api.connection();
    await upstream.receives(/\r\n\r\nx/);
    upstream.write(rawAnswer('early'));
    await client.receives('early');
    client.write('x'.repeat(500_000));
    client.write(contract.request('GET', '/api/v1/%00'));
    await client.receives('400 Bad Request');
  });
});
