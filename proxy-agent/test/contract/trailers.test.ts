import { Contract } from './Contract';

describe('the trailers of an answer', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  it('reach the client as they came, behind the chunks', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Checksum\r\n\r\n5\r\nhello\r\n0\r\nX-Checksum: caf\xe9\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n',
    );
    const text = await client.receives('X-Twice: 2\r\n\r\n');
    expect(text).toContain('\r\nTrailer: X-Checksum\r\n');
    expect(text).toMatch(
      /\r\n\r\n5\r\nhello\r\n0\r\nX-Checksum: caf\xe9\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n$/,
    );
  });

  it('reach the client of an error, too', async () => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Checksum: abc\r\n\r\n',
    );
    expect(await client.receives('X-Checksum: abc\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 404 Not Found\r\n/,
    );
  });

  it.each([
    ['with a length', 'GET', 'Content-Length: 5\r\nTrailer: X-T\r\n\r\nhello'],
    ['to HEAD', 'HEAD', 'Trailer: X-T\r\n\r\n'],
  ])('are not announced in an answer %s', async (_, method, answer) => {
    const client = await contract.send(method, '/api/v1/pods');
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(`HTTP/1.1 200 OK\r\nX-Kept: 1\r\n${answer}`);
    await client.receives(`\r\n\r\n${answer.split('\r\n\r\n')[1]}`);
    expect(client.text).toContain('\r\nX-Kept: 1\r\n');
    expect(client.text).not.toContain('Trailer');
  });
});
