import { until } from '../TestProxy';
import { Contract } from './Contract';
import { decodeChunks } from './decodeChunks';

const EXEC = '/api/v1/namespaces/dev/pods/web/exec?command=sh&stdout=true';
const SPDY = [
  'Connection: Upgrade',
  'Upgrade: SPDY/3.1',
  'Content-Length: 0',
  'X-Stream-Protocol-Version: v4.channel.k8s.io',
  'X-Stream-Protocol-Version: v3.channel.k8s.io',
];
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n';
/** SYN_STREAM is not needed: a PING is a whole SPDY frame. */
const PING = Buffer.from('8003000600000004000000010'.padEnd(24, '0'), 'hex');

describe('an upgrade of the connection', () => {
  let contract: Contract;

  beforeAll(async () => {
    contract = await Contract.start();
  });
  afterAll(async () => await contract.stop());

  const latest = async () => {
    const index = contract.api.connections.length;
    return async () => await contract.api.connection(index);
  };

  it('to SPDY by POST goes to the API server as such, with each protocol on a line of its own', async () => {
    const next = await latest();
    const client = await contract.send('POST', EXEC, SPDY);
    const upstream = await next();
    const head = await upstream.receives('\r\n\r\n');
    expect(head).toMatch(
      /^POST \/api\/v1\/namespaces\/dev\/pods\/web\/exec\?command=sh&stdout=true HTTP\/1\.1\r\n/,
    );
    expect(head).toMatch(/\r\nConnection: Upgrade\r\nUpgrade: SPDY\/3\.1\r\n/);
    expect(head).toContain(
      'X-Stream-Protocol-Version: v4.channel.k8s.io\r\nX-Stream-Protocol-Version: v3.channel.k8s.io\r\n',
    );
    expect(head).toContain('Impersonate-User: guest\r\n');
    expect(head).not.toMatch(/^authorization:/im);

    upstream.write(SWITCHING);
    expect(await client.receives('\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\n(?=[^]*Upgrade: SPDY\/3\.1\r\n)(?=[^]*X-Stream-Protocol-Version: v4\.channel\.k8s\.io\r\n)/,
    );
    client.write(PING);
    await until(
      () => upstream.bytes.subarray(-PING.length).equals(PING),
      'the bytes of the client',
    );
    upstream.write(PING);
    await until(
      () => client.bytes.subarray(-PING.length).equals(PING),
      'the bytes of the API server',
    );
    upstream.end();
    client.end();
    await client.isClosed();
  });

  it('sends on what follows the request only after the API server has agreed', async () => {
    const next = await latest();
    const client = await contract.connect();
    client.write(
      Buffer.concat([
        Buffer.from(contract.request('POST', EXEC, SPDY)),
        PING,
        PING,
      ]),
    );
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    client.write(PING);
    const early = upstream.text;
    // What came by mistake would have come before the answer to another call.
    await (await contract.send('GET', '/api/v1/%00')).receives('400 Bad');
    expect(early.endsWith('\r\n\r\n')).toBe(true);
    expect(upstream.text).toBe(early);
    upstream.write(SWITCHING);
    await until(
      () => upstream.bytes.length === early.length + 3 * PING.length,
      'what followed the request',
    );
    expect(
      upstream.bytes
        .subarray(early.length)
        .equals(Buffer.concat([PING, PING, PING])),
    ).toBe(true);
    client.destroy();
  });

  it('passes a refusal in chunks on, whole, and counts one failed call', async () => {
    const path = `${EXEC}&refused=chunked`;
    const next = await latest();
    const client = await contract.send('POST', path, SPDY);
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.end(
      'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n9\r\n{"message\r\n7\r\n":"no"}\r\n0\r\n\r\n',
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(decodeChunks(client.text).content).toBe('{"message":"no"}');
    expect(await contract.eventOf(path)).toMatchObject({
      result: 'failure',
      statusCode: 403,
      message: 'no',
    });
  });

  it.each([
    ['Content-Length: 5', 'hello'],
    ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
  ])('with a body (%s) is refused', async (framing, body) => {
    const connections = contract.api.connections.length;
    const client = await contract.send(
      'POST',
      EXEC,
      ['Connection: Upgrade', 'Upgrade: SPDY/3.1', framing],
      body,
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.text).toContain('"reason":"BadRequest"');
    expect(contract.api.connections.length).toBe(connections);
  });

  it('behind an unanswered request of the same connection ends the connection', async () => {
    const next = await latest();
    const client = await contract.send('GET', '/api/v1/pods?watch=1');
    const watch = await next();
    await watch.receives('\r\n\r\n');
    client.write(contract.request('POST', EXEC, SPDY));
    await client.isEnded();
    await watch.isEnded();
    expect(watch.text).not.toContain('SPDY');
    expect(client.text).toBe('');
  });

  it('may come on a connection that was used before', async () => {
    const client = await contract.send('GET', '/api/v1/%00');
    await client.receives('"code":400}');
    const next = await latest();
    client.write(contract.request('POST', EXEC, SPDY));
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.write(SWITCHING);
    await client.receives('101 Switching Protocols');
    client.destroy();
  });

  it('that a role refuses is answered with a Status, whatever follows it', async () => {
    const client = await contract.connect();
    client.write(
      Buffer.concat([
        Buffer.from(
          contract.request('GET', '/api/v1/nodes/n/proxy/exec', [
            'Connection: Upgrade',
            'Upgrade: websocket',
          ]),
        ),
        PING,
      ]),
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(client.text).toContain('nodes/proxy is never allowed');
  });

  it.each(['HTTP/2.0', 'websocket, SPDY/3.1', 'foo'])(
    'of an exec to %s is refused, since nothing could read along',
    async protocol => {
      const connections = contract.api.connections.length;
      const client = await contract.send('GET', EXEC, [
        'Connection: Upgrade',
        `Upgrade: ${protocol}`,
      ]);
      await client.isEnded();
      expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
      expect(contract.api.connections.length).toBe(connections);
    },
  );

  it('ends with a failure when the API server chooses a subprotocol that nothing can read', async () => {
    const path = `${EXEC}&subprotocol=unknown`;
    const next = await latest();
    const client = await contract.send('GET', path, [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: v9.channel.k8s.io',
    ]);
    const upstream = await next();
    expect(await upstream.receives('\r\n\r\n')).toContain(
      'Sec-WebSocket-Protocol: v9.channel.k8s.io\r\n',
    );
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v9.channel.k8s.io\r\n\r\nunseen',
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 502 /);
    expect(client.text).toContain('the session cannot be recorded');
    expect(client.text).not.toContain('unseen');
    await upstream.isEnded();
    expect(await contract.eventOf(path)).toMatchObject({
      result: 'failure',
      statusCode: 502,
    });
  });

  it('leaves out what WebSocket extensions the client offers, and nothing else', async () => {
    const next = await latest();
    const client = await contract.send('GET', EXEC, [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: v5.channel.k8s.io',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'Origin: https://portal.example.com',
    ]);
    const head = await (await next()).receives('\r\n\r\n');
    for (const line of [
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: v5.channel.k8s.io',
      'Origin: https://portal.example.com',
    ]) {
      expect(head).toContain(`\r\n${line}\r\n`);
    }
    expect(head).not.toMatch(/extensions/i);
    client.destroy();
  });

  it('is given up when the client goes before the API server has answered', async () => {
    const path = `${EXEC}&client=gone`;
    for (const leave of ['end', 'reset'] as const) {
      const next = await latest();
      const client = await contract.send('POST', path, SPDY);
      const upstream = await next();
      await upstream.receives('\r\n\r\n');
      client[leave]();
      await upstream.isEnded();
    }
    expect(await contract.eventOf(path)).toMatchObject({
      result: 'failure',
      message: expect.stringContaining('client closed the connection'),
    });
  });

  it('is given up when the client goes at once', async () => {
    const path = `${EXEC}&client=fast`;
    const before = contract.api.connections.length;
    for (let i = 0; i < 5; i++) {
      const client = await contract.send('POST', path, SPDY);
      client.destroy();
    }
    await contract.eventOf(path);
    await until(
      () =>
        contract.api.connections
          .slice(before)
          .every(({ ended, closed }) => ended || closed),
      'the connections to the API server to end',
    );
  });

  it('that the API server cuts is a failed call with a 502', async () => {
    const path = `${EXEC}&upstream=cut`;
    const next = await latest();
    const client = await contract.send('POST', path, SPDY);
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.reset();
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 502 /);
    expect(await contract.eventOf(path)).toMatchObject({
      result: 'failure',
      statusCode: 502,
    });
  });

  it('whose refusal breaks off is broken off for the client, too', async () => {
    const next = await latest();
    const client = await contract.send('POST', EXEC, SPDY);
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.end(
      'HTTP/1.1 500 Internal Server Error\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    );
    await client.isEnded();
    expect(client.text).not.toContain('\r\n0\r\n\r\n');
  });
});
