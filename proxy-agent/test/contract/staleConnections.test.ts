import { Contract } from './Contract';
import { rawAnswer } from './RawApiServer';

describe('a connection to the API server that was kept alive', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
    // Leaves one behind.
    const client = await contract.send('GET', '/api');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(rawAnswer('first'));
    await client.receives('first');
  });
  afterEach(async () => await contract.stop());

  it('is used again, each time with its own identity', async () => {
    const other = await contract.portal.issue({ kubernetesUser: 'mallory' });
    const client = await contract.connect();
    client.write(
      contract.request('GET', '/api/v1/pods').replace(contract.token, other),
    );
    const upstream = await contract.api.connection();
    const text = await upstream.receives('/api/v1/pods');
    expect(text.match(/impersonate-user: .*/gi)).toEqual([
      'Impersonate-User: guest',
      'Impersonate-User: mallory',
    ]);
    expect(contract.api.connections).toHaveLength(1);
  });

  it('and was closed meanwhile is not used', async () => {
    const upstream = await contract.api.connection();
    upstream.end();
    await upstream.isEnded();
    const client = await contract.send('DELETE', '/api/v1/pods/a');
    const next = await contract.api.connection(1);
    await next.receives('\r\n\r\n');
    next.write(rawAnswer('second'));
    await client.receives('second');
  });

  it.each(['end', 'reset'] as const)(
    'and breaks (%s) under a GET is no failure: it is asked again elsewhere',
    async die => {
      const client = await contract.send('GET', '/api/v1/pods');
      const upstream = await contract.api.connection();
      await upstream.receives('/api/v1/pods');
      upstream[die]();
      const next = await contract.api.connection(1);
      expect(await next.receives('\r\n\r\n')).toContain('GET /api/v1/pods ');
      next.write(rawAnswer('again'));
      expect(await client.receives('again')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
        result: 'success',
        statusCode: 200,
      });
    },
  );

  it.each([
    ['DELETE', '/api/v1/pods/a', []],
    ['POST', '/api/v1/pods', ['Content-Length: 2']],
    ['GET', '/api/v1/pods', ['Content-Length: 2']],
    ['POST', '/api/v1/namespaces/dev/pods/web/exec', []],
  ])(
    'and breaks under a %s of %s %j is a 502: nothing is sent twice',
    async (method, path, headers) => {
      const client = await contract.send(
        method,
        path,
        headers,
        headers.length > 0 ? '{}' : '',
      );
      const upstream = await contract.api.connection();
      await upstream.receives(` ${path} `);
      upstream.end();
      await client.receives('"code":502');
      expect(await contract.eventOf(path)).toMatchObject({
        result: 'failure',
        statusCode: 502,
        message: expect.stringContaining('did not answer'),
      });
      expect(contract.api.requestCount).toBe(2);
    },
  );

  it('and breaks again and again is a 502 in the end', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    for (let i = 0; i < 3; i++) {
      const upstream = await contract.api.connection(i);
      await upstream.receives('/api/v1/pods');
      upstream.end();
    }
    await client.receives('"code":502');
    expect(contract.api.requestCount).toBe(4);
  });

  it('and breaks during the answer is not asked again', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('/api/v1/pods');
    upstream.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal');
    await client.isEnded();
    expect(contract.api.requestCount).toBe(2);
  });
});
