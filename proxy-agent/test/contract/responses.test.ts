import { gzipSync } from 'node:zlib';
import { Contract } from './Contract';
import { decodeChunks } from './decodeChunks';

describe('an answer', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  const exchange = async (
    method: string,
    answer: string,
    headers: string[] = [],
  ) => {
    const client = await contract.send(method, '/api/v1/pods', headers);
    const upstream = await contract.api.connection();
    await upstream.receives('\r\n\r\n');
    upstream.write(answer);
    return { client, upstream };
  };

  it('keeps repeated headers apart, and the order and the names of all', async () => {
    const headers =
      'Set-Cookie: a=1\r\nWarning: 299 - "one"\r\nset-cookie: b=2\r\nWarning: 299 - "two"\r\nX-Kubernetes-PF-FlowSchema-UID: x\r\nContent-Length: 2\r\n';
    const { client } = await exchange(
      'GET',
      `HTTP/1.1 200 OK\r\n${headers}\r\n{}`,
    );
    expect(await client.receives('{}')).toContain(`\r\n${headers}`);
  });

  it('leaves out what is of the connection to the API server', async () => {
    const { client } = await exchange(
      'GET',
      'HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\n{}',
    );
    const text = await client.receives('{}');
    expect(text).not.toMatch(/x-hop|timeout=1\b|connection: close/i);
  });

  it('that is compressed is not touched', async () => {
    const body = gzipSync('{"items":[]}').toString('latin1');
    const { client, upstream } = await exchange(
      'GET',
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\nVary: Accept-Encoding\r\n\r\n${body}`,
      ['Accept-Encoding: gzip'],
    );
    const text = await client.receives(body);
    expect(text).toContain('\r\nContent-Encoding: gzip\r\n');
    expect(text.endsWith(`\r\n\r\n${body}`)).toBe(true);
    expect(upstream.text).toContain('\r\nAccept-Encoding: gzip\r\n');
  });

  it.each([
    ['GET', '204 No Content', ''],
    ['GET', '304 Not Modified', 'ETag: "a"\r\nContent-Length: 10\r\n'],
    [
      'HEAD',
      '200 OK',
      'Content-Length: 1234\r\nContent-Type: application/json\r\n',
    ],
    ['HEAD', '404 Not Found', 'Content-Length: 1234\r\n'],
    ['HEAD', '200 OK', 'Content-Type: application/json\r\n'],
    ['HEAD', '200 OK', 'ETag: "a"\r\nTransfer-Encoding: chunked\r\n'],
    ['POST', '201 Created', 'Content-Length: 0\r\n'],
  ])(
    'to %s with %s %j has no body, and the next one follows',
    async (method, status, headers) => {
      const { client } = await exchange(
        method,
        `HTTP/1.1 ${status}\r\n${headers}\r\n`,
      );
      const head = await client.receives('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
      for (const line of headers.split('\r\n').filter(Boolean)) {
        if (!line.startsWith('Transfer-Encoding')) {
          expect(head).toContain(`\r\n${line}\r\n`);
        }
      }
      expect(head.endsWith('\r\n\r\n')).toBe(true);
      expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
        statusCode: Number(status.slice(0, 3)),
      });
      client.write(contract.request('GET', '/%00', ['Connection: close']));
      await client.isEnded();
      expect(client.text.slice(head.length)).toMatch(/^HTTP\/1\.1 \d/);
    },
  );

  it.each(['102 Processing', '103 Early Hints'])(
    'comes through behind a %s, which is said to the proxy alone',
    async early => {
      const { client } = await exchange(
        'GET',
        `HTTP/1.1 ${early}\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}`,
      );
      expect(await client.receives('{}')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    },
  );

  it('with an odd reason phrase comes through', async () => {
    const { client } = await exchange(
      'GET',
      'HTTP/1.1 200 gr\xc3\xbc\xc3\x9fe \xe2\x86\x92\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(await client.receives('{}')).toMatch(
      /^HTTP\/1\.1 200 gr\xc3\xbc\xc3\x9fe \xe2\x86\x92\r\n/,
    );
    expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
      message: 'grüße →',
    });
  });

  it('with control characters in its reason phrase comes through without it', async () => {
    const { client } = await exchange(
      'GET',
      'HTTP/1.1 200 a\x01b\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(await client.receives('{}')).toMatch(/^HTTP\/1\.1 200 \r\n/);
  });

  it('without a reason phrase comes through', async () => {
    const { client } = await exchange(
      'GET',
      'HTTP/1.1 299\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(await client.receives('{}')).toMatch(/^HTTP\/1\.1 299 ?\r\n/);
  });

  it('that ends with its connection ends well', async () => {
    const { client, upstream } = await exchange(
      'GET',
      'HTTP/1.1 200 OK\r\n\r\nhello',
    );
    await client.receives('hello');
    upstream.end(' world');
    expect(await client.receives('0\r\n\r\n')).toContain(' world');
  });

  it('that is no HTTP is a 502', async () => {
    const { client } = await exchange('GET', 'SSH-2.0-OpenSSH_9.6\r\n');
    expect(await client.receives('"code":502')).toMatch(/^HTTP\/1\.1 502 /);
    expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
      result: 'failure',
      statusCode: 502,
    });
  });

  it.each([
    [
      'a length and chunks',
      'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a folded header', 'X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}'],
    ['a space before a colon', 'Content-Length : 2\r\n\r\n{}'],
  ])('with %s is a 502', async (_, rest) => {
    const { client } = await exchange('GET', `HTTP/1.1 200 OK\r\n${rest}`);
    expect(await client.receives('"code":502')).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('with a head that is too large is a 502', async () => {
    const { client } = await exchange(
      'GET',
      `HTTP/1.1 200 OK\r\nX-Large: ${'a'.repeat(
        300 * 1024,
      )}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(await client.receives('"code":502')).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('in many chunks arrives whole', async () => {
    const { client, upstream } = await exchange(
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const item = '{"kind":"Pod"},'.repeat(70);
    for (let i = 0; i < 3000; i++) {
      upstream.write(`${item.length.toString(16)}\r\n${item}\r\n`);
    }
    upstream.write('0\r\n\r\n');
    const text = await client.receives('\r\n0\r\n\r\n');
    const { content } = decodeChunks(text);
    expect(content === item.repeat(3000)).toBe(true);
  });

  it('of an error that is larger than what the audit reads arrives whole', async () => {
    const body = 'x'.repeat(500_000);
    const { client } = await exchange(
      'GET',
      `HTTP/1.1 500 Internal Server Error\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await client.receives(body);
    expect(client.text.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });
});
