import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';

/** What an attacker wants the API server to take for a request of its own. */
const SMUGGLED =
  'GET /api/v1/secrets HTTP/1.1\r\nHost: api\r\nImpersonate-User: admin\r\n\r\n';

describe('a request cannot smuggle another one', () => {
  let contract: Contract;

  beforeAll(async () => {
    // Answers each request that it sees, smuggled ones, too.
    const api = await RawApiServer.start({
      onConnection: connection => {
        let answered = 0;
        connection.socket.on('data', () => {
          const seen =
            connection.text.match(/^[A-Z]+ \/\S* HTTP\/1\.1\r$/gm)?.length ?? 0;
          for (; answered < seen; answered++) {
            connection.write(rawAnswer('{}'));
          }
        });
      },
    });
    contract = await Contract.start({ api });
  });
  afterAll(async () => await contract.stop());

  it('in the chunks of a DELETE on a connection that is kept alive', async () => {
    expect(SMUGGLED.length).toBe(0x44);
    const client = await contract.send(
      'DELETE',
      '/api/v1/namespaces/dev/pods/web',
      ['Transfer-Encoding: chunked'],
      `44\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    );
    await client.receives('200 OK');
    client.write(contract.request('GET', '/api/v1/namespaces/dev/pods'));
    await client.receives(/200 OK[^]*200 OK/);

    const { text } = contract.api;
    expect(text.match(/^impersonate-user: /gim)).toHaveLength(3);
    // The only one that says admin is data, in a body that says how long it is.
    const [, framing, body] =
      /\r\n(\S+: \S+)\r\n\r\n(?=GET|44)([^]*)/.exec(text) ?? [];
    if (framing === 'transfer-encoding: chunked') {
      expect(body.startsWith(`44\r\n${SMUGGLED}\r\n0\r\n\r\n`)).toBe(true);
    } else {
      expect(framing).toBe(`content-length: ${SMUGGLED.length}`);
      expect(body.startsWith(SMUGGLED)).toBe(true);
    }
  });

  it('in a body with a length, which goes on with the same length', async () => {
    const client = await contract.send(
      'PUT',
      '/api/v1/namespaces/dev/configmaps/a',
      [`Content-Length: ${SMUGGLED.length}`],
      SMUGGLED,
    );
    await client.receives('200 OK');
    const upstream = contract.api.connections.find(({ text }) =>
      text.includes('PUT '),
    );
    expect(upstream?.text).toMatch(
      new RegExp(`\r\ncontent-length: ${SMUGGLED.length}\r\n\r\nGET `, 'i'),
    );
  });

  const path = '/clusters/demo/api/v1/pods';
  const start = `POST ${path} HTTP/1.1\r\nHost: proxy\r\n`;
  it.each([
    [
      'a length and chunks',
      `${start}@Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'chunks and a length',
      `${start}@Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'two lengths',
      `${start}@Content-Length: 0\r\nContent-Length: 50\r\n\r\n${SMUGGLED}`,
    ],
    [
      'two equal lengths',
      `${start}@Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    ],
    ['a list of lengths', `${start}@Content-Length: 5, 5\r\n\r\nhello`],
    ['a length with a sign', `${start}@Content-Length: +5\r\n\r\nhello`],
    ['a negative length', `${start}@Content-Length: -1\r\n\r\nhello`],
    ['a length in base 16', `${start}@Content-Length: 0x5\r\n\r\nhello`],
    [
      'an endless length',
      `${start}@Content-Length: 99999999999999999999999\r\n\r\nhello`,
    ],
    [
      'an encoding that is not known',
      `${start}@Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'chunks that are not the last encoding',
      `${start}@Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    [
      'an encoding on two lines',
      `${start}@Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a space before the colon',
      `${start}@Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a tab before the colon', `${start}@Content-Length\t: 5\r\n\r\nhello`],
    [
      'a folded header',
      `${start}@Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a header folded with a tab',
      `${start}@X-A: b\r\n\tTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['lines that end in LF', `${start}@X-A: b\nX-C: d\n\n`],
    ['a CR inside of a header', `${start}@X-A: b\rX-C: d\r\n\r\n`],
    ['a NUL in a value', `${start}@X-A: b\0\r\n\r\n`],
    ['a NUL in a name', `${start}@X-\0A: b\r\n\r\n`],
    ['a header without a name', `${start}@: b\r\n\r\n`],
    ['a header without a colon', `${start}@Transfer-Encoding\r\n\r\n`],
    [
      'a space before the first header',
      `POST ${path} HTTP/1.1\r\n Host: proxy\r\n@\r\n`,
    ],
    [
      'a chunk size that is none',
      `${start}@Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n`,
    ],
    [
      'a chunk size with a sign',
      `${start}@Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`,
    ],
    [
      'a chunk that is longer than its size',
      `${start}@Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n`,
    ],
    [
      'a chunk size that ends in LF',
      `${start}@Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n`,
    ],
    ['no host', `POST ${path} HTTP/1.1\r\n@\r\n`],
    ['two versions', `POST ${path} HTTP/1.1 HTTP/1.1\r\nHost: proxy\r\n@\r\n`],
    ['a version to come', `POST ${path} HTTP/3.0\r\nHost: proxy\r\n@\r\n`],
    [
      'a version that never was',
      `POST ${path} HTTP/0.9\r\nHost: proxy\r\n@\r\n`,
    ],
    ['HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no version', `GET ${path}\r\n\r\n`],
    ['a tab for a space', `POST\t${path} HTTP/1.1\r\nHost: proxy\r\n@\r\n`],
    ['a verb in lower case', `post ${path} HTTP/1.1\r\nHost: proxy\r\n@\r\n`],
    [
      'a verb that nobody knows',
      `SMUGGLE ${path} HTTP/1.1\r\nHost: proxy\r\n@\r\n`,
    ],
    [
      'a connection to elsewhere',
      `CONNECT api:443 HTTP/1.1\r\nHost: proxy\r\n@\r\n`,
    ],
  ])('with %s: it is refused, and its connection ends', async (_, text) => {
    const before = contract.api.requestCount;
    const client = await contract.connect();
    client.write(
      text.replace('@', `Authorization: Bearer ${contract.token}\r\n`),
    );
    await client.isEnded();
    expect(client.text).toMatch(/^(?:$|HTTP\/1\.1 4\d\d )/);
    expect(client.text.match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBeLessThan(2);
    // A body that turns out malformed may have been on its way: as that body.
    const { text: sent } = contract.api;
    expect(contract.api.requestCount - before).toBeLessThan(2);
    expect(sent.match(/^GET \/api\/v1\/secrets/gm)?.length).toBe(2);
  });

  it.each([
    ['an absolute URL', 'http://api/api/v1/secrets', 404],
    ['an absolute URL of the proxy', 'http://proxy/clusters/demo/api', 404],
    ['an asterisk', '*', 404],
    ['a double slash', '/clusters/demo//api/v1/secrets', 400],
    ['a double slash in front', '//clusters/demo/api', 404],
    ['an escaped slash', '/clusters/demo/api/v1/namespaces/dev%2fpods', 400],
    ['an escaped slash in capitals', '/clusters/demo/api%2Fv1', 400],
    ['dots', '/clusters/demo/api/v1/namespaces/dev/../kube-system/pods', 400],
    ['escaped dots', '/clusters/demo/api/v1/%2e%2e/v1/pods', 400],
    ['dots out of the cluster', '/clusters/demo/../other/api', 400],
    ['an escaped NUL', '/clusters/demo/api/v1/pods/a%00b', 400],
    ['an escaped line end', '/clusters/demo/api/v1/pods/a%0d%0ab', 400],
    ['a fragment', '/clusters/demo/api/v1/pods#/../secrets', 400],
    ['a fragment in the query', '/clusters/demo/api/v1/pods?a=b#c', 400],
    ['a backslash', '/clusters/demo/api\\v1', 400],
    ['an escape that is none', '/clusters/demo/api/%zz', 400],
    ['an escape that is not UTF-8', '/clusters/demo/api/%ff', 400],
    ['bytes beyond ASCII', '/clusters/demo/api/v1/pods/\xe9', 400],
    ['an escaped name of a cluster', '/clusters/%64emo/api', 404],
    ['another cluster', '/clusters/other/api', 404],
    ['no cluster', '/api/v1/pods', 404],
  ])('with %s for a target', async (_, target, status) => {
    const before = contract.api.requestCount;
    const client = await contract.connect();
    client.write(
      `GET ${target} HTTP/1.1\r\nHost: proxy\r\nAuthorization: Bearer ${contract.token}\r\nConnection: close\r\n\r\n`,
    );
    await client.isEnded();
    expect(client.text).toMatch(
      // The parser itself refuses some of them.
      new RegExp(`^HTTP/1\\.1 (?:${status}|400) `),
    );
    expect(contract.api.requestCount).toBe(before);
  });

  it.each([
    ['/', '/'],
    ['', '/'],
    ['?a=b', '/?a=b'],
    [
      '/api/v1/pods?labelSelector=a%3Db%2Cc&x=%00;&y=//../',
      '/api/v1/pods?labelSelector=a%3Db%2Cc&x=%00;&y=//../',
    ],
    ['/api/v1/namespaces/d%C3%A9v/pods/', '/api/v1/namespaces/d%C3%A9v/pods/'],
    [
      "/apis/x.example.com/v1/a:b@c!$&'()*+,=~",
      "/apis/x.example.com/v1/a:b@c!$&'()*+,=~",
    ],
  ])('and %j goes on as %j, byte for byte', async (target, seen) => {
    const client = await contract.send('GET', target, ['Connection: close']);
    await client.receives('200 OK');
    expect(contract.api.text).toContain(`GET ${seen} HTTP/1.1\r\n`);
  });
});
