import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';

/** What the HTTP client of the JDK sends with every request on plain TCP. */
const H2C = [
  'Connection: Upgrade, HTTP2-Settings',
  'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
  'Upgrade: h2c',
];

describe('a request that offers to go on with HTTP/2', () => {
  let contract: Contract;

  beforeAll(async () => {
    contract = await Contract.start({
      api: await RawApiServer.start({
        onConnection: connection => {
          let answered = 0;
          connection.socket.on('data', () => {
            const whole = connection.text.match(/\r\n\r\n(?:hello)?/g) ?? [];
            for (; answered < whole.length; answered++) {
              connection.write(rawAnswer('"plain"'));
            }
          });
        },
      }),
    });
  });
  afterAll(async () => await contract.stop());

  it('is answered as any other', async () => {
    const client = await contract.send('GET', '/api/v1/pods', H2C);
    expect(await client.receives('"plain"')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    client.write(contract.request('GET', '/api/v1/nodes', H2C));
    await client.receives(/"plain"[^]*"plain"/);
    expect(contract.api.text).toContain('GET /api/v1/nodes HTTP/1.1');
    expect(contract.api.text).not.toMatch(/h2c|http2-settings/i);
  });

  it.each([
    ['Content-Length: 5', 'hello'],
    ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
  ])('may have a body (%s)', async (framing, body) => {
    const client = await contract.send(
      'POST',
      '/api/v1/pods',
      [...H2C, framing],
      body,
    );
    await client.receives('"plain"');
    expect(contract.api.text).toMatch(/content-length: 5\r\n\r\nhello/);
    client.write(contract.request('GET', '/api/v1/%00'));
    await client.receives('400 Bad Request');
  });

  it('is refused like any other', async () => {
    const client = await contract.connect();
    client.write(
      contract
        .request('GET', '/api/v1/secrets', H2C)
        .replace(contract.token, 'nobody'),
    );
    expect(await client.receives('}')).toMatch(/^HTTP\/1\.1 401 /);
    expect(contract.api.text).not.toContain('secrets');
  });

  it('cannot open an exec that way', async () => {
    const client = await contract.send(
      'GET',
      '/api/v1/namespaces/dev/pods/web/exec?command=sh',
      H2C,
    );
    await client.receives('"plain"');
    expect(
      await contract.eventOf('/api/v1/namespaces/dev/pods/web/exec?command=sh'),
    ).toMatchObject({ verb: 'create', resource: 'pods/exec' });
  });
});
