import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';
import { RawConnection } from './RawConnection';

describe('a request', () => {
  let contract: Contract;

  beforeAll(async () => {
    const onConnection = (connection: RawConnection) => {
      connection.socket.on('data', () => {
        connection.write(rawAnswer(''));
      });
    };
    contract = await Contract.start({
      api: await RawApiServer.start({ onConnection }),
    });
  });
  afterAll(async () => await contract.stop());

  it.each([
    ['PROPFIND', '/api/v1/namespaces/dev/pods/web'],
    ['OPTIONS', '/api/v1/namespaces/dev/pods/web'],
    ['M-SEARCH', '/api/v1/namespaces/dev/pods/web'],
    ['OPTIONS', '/apis'],
    ['HEAD', '/healthz'],
    ['GET', '/metrics'],
    ['POST', '/logs/a'],
    ['GET', '/openapi/v3?hash=ABC'],
    ['DELETE', '/api/v1/namespaces/dev/pods/web?propagationPolicy=Foreground'],
    ['PATCH', '/apis/apps/v1/namespaces/dev/deployments/web/scale'],
  ])('%s %s goes on as it is when a role allows it', async (method, path) => {
    const client = await contract.send(method, path);
    expect(await client.receives('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(contract.api.text).toContain(`${method} ${path} HTTP/1.1\r\n`);
    expect(await contract.eventOf(path)).toMatchObject({ result: 'success' });
  });

  it('that changes something has an attempt, although its path says watch', async () => {
    const path = '/api/v1/watch/namespaces/dev/configmaps/x';
    const client = await contract.send('DELETE', path);
    await client.receives('\r\n\r\n');
    await contract.eventOf(path);
    const phases = [...contract.portal.records.values()]
      .filter(({ requestUri }) => requestUri === path)
      .map(({ phase }) => phase);
    expect(phases).toEqual(['attempt', 'outcome']);
  });

  it('of TRACE is refused: it would come back with the credential of the proxy', async () => {
    const client = await contract.send('TRACE', '/api/v1/pods');
    expect(await client.receives('}')).toMatch(/^HTTP\/1\.1 400 /);
    expect(contract.api.text).not.toContain('TRACE');
  });

  it.each([
    ['HTTP/1.0', [], false],
    ['HTTP/1.0', ['Connection: keep-alive'], true],
    ['HTTP/1.1', ['Connection: close'], false],
    ['HTTP/1.1', [], true],
  ])(
    'of %s with %j keeps its connection as it should',
    async (version, headers, keeps) => {
      const client = await contract.connect();
      const request = contract
        .request('GET', '/api', headers)
        .replace('HTTP/1.1', version);
      client.write(request);
      await client.receives('\r\n\r\n');
      if (keeps) {
        client.write(request);
        await client.receives(/200 OK[^]*200 OK/);
      } else {
        await client.isEnded();
      }
      expect(client.text).not.toContain('Transfer-Encoding');
    },
  );

  it('of HTTP/1.0 for what comes in chunks is answered up to the end of the connection', async () => {
    const api = await RawApiServer.start({
      onConnection: connection => {
        connection.socket.once('data', () =>
          connection.write(
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
          ),
        );
      },
    });
    const own = await Contract.start({ api });
    const client = await own.connect();
    client.write(own.request('GET', '/api').replace('HTTP/1.1', 'HTTP/1.0'));
    await client.isEnded();
    expect(client.text).toMatch(/\r\n\r\nhello$/);
    expect(client.text).not.toMatch(/transfer-encoding|trailer/i);
    await own.stop();
  });
});
