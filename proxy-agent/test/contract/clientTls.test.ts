import { connect, ConnectionOptions, TLSSocket } from 'node:tls';
import { Contract } from './Contract';
import { rawAnswer } from './RawApiServer';
import { TestAuthority } from './TestAuthority';

const FORWARD = '/api/v1/namespaces/dev/pods/web/portforward';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];

describe('a client over TLS', () => {
  let authority: TestAuthority;
  let contract: Contract;
  let tls: ConnectionOptions;

  beforeAll(async () => {
    authority = await TestAuthority.create();
    const { certFile, keyFile } = await authority.issue('127.0.0.1');
    tls = { ca: authority.ca };
    contract = await Contract.start({
      server: { host: '127.0.0.1', port: 0, tls: { certFile, keyFile } },
    });
  });
  afterAll(async () => {
    await contract.stop();
    authority.remove();
  });

  const latest = async () => {
    const index = contract.api.connections.length;
    return async () => await contract.api.connection(index);
  };

  it.each([
    [['http/1.1'], 'http/1.1'],
    [['h2', 'http/1.1'], 'http/1.1'],
    [undefined, false],
  ])('that offers %j speaks HTTP/1.1', async (ALPNProtocols, negotiated) => {
    const client = await contract.connect({ ...tls, ALPNProtocols });
    expect((client.socket as TLSSocket).alpnProtocol).toBe(negotiated);
    client.write(contract.request('GET', '/api/v1/%00'));
    await client.receives('400 Bad Request');
  });

  it('that insists on HTTP/2 gets no connection', async () => {
    const socket = connect({
      ...tls,
      port: contract.proxy.port,
      host: '127.0.0.1',
      ALPNProtocols: ['h2'],
    });
    const error = await new Promise<NodeJS.ErrnoException>(
      (resolve, reject) => {
        socket.once('error', resolve);
        socket.once('secureConnect', () => reject(new Error('connected')));
      },
    );
    expect(error.code).toMatch(/NO_APPLICATION_PROTOCOL/);
  });

  it('that speaks an old TLS gets no connection', async () => {
    await expect(
      contract.connect({
        ...tls,
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
    ).rejects.toThrow(/protocol/i);
  });

  it('that shows a certificate, be it of the same authority, is nobody all the same', async () => {
    const { cert, key } = await authority.issue('system:masters');
    const seen = contract.api.connections.length;
    const client = await contract.connect({ ...tls, cert, key });
    const withCredential = contract.request('GET', '/api/v1/pods');
    const credential = /Authorization: .*\r\n/;
    client.write(withCredential.replace(credential, ''));
    await client.receives('HTTP/1.1 401 Unauthorized');
    await client.receives('no credential was sent');
    expect(contract.api.connections).toHaveLength(seen);
  });

  it.each([
    ['a name and a password', 'Authorization: Basic Z3Vlc3Q6Z3Vlc3Q='],
    ['a token of the cluster', 'Authorization: Bearer abc.def.ghi'],
    ['an empty token', 'Authorization: Bearer '],
    ['the name that a proxy would tell', 'X-Remote-User: guest'],
    ['somebody to impersonate', 'Impersonate-User: guest'],
  ])('that sends %s and no credential is nobody', async (_, header) => {
    const seen = contract.api.connections.length;
    const client = await contract.connect(tls);
    const request = contract.request('GET', '/api/v1/pods');
    client.write(request.replace(/Authorization: .*(?=\r\n)/, header));
    await client.receives('HTTP/1.1 401 Unauthorized');
    expect(client.text).toMatch(/^www-authenticate: Bearer\r$/im);
    expect(contract.api.connections).toHaveLength(seen);
  });

  it('is answered when its upgrade is refused', async () => {
    const client = await contract.connect(tls);
    client.write(
      contract.request(
        'POST',
        FORWARD,
        [...UPGRADE, 'Content-Length: 3'],
        'abc',
      ),
    );
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.text).toMatch(/\}$/);
  });

  it('has a session in which either direction may end alone', async () => {
    const next = await latest();
    const client = await contract.connect(tls);
    client.write(contract.request('POST', FORWARD, UPGRADE));
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
    );
    await client.receives('\r\n\r\n');
    client.end('last of the client');
    await upstream.isEnded();
    expect(upstream.text).toContain('last of the client');
    upstream.end('last of the server');
    await client.isClosed();
    expect(client.text).toContain('last of the server');
    expect(client.errorCode).toBeUndefined();
  });

  it('notices an answer that breaks off', async () => {
    const next = await latest();
    const client = await contract.connect(tls);
    client.write(contract.request('GET', '/api/v1/pods'));
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello');
    await client.receives('hello');
    upstream.reset();
    await client.isEnded();
    expect(client.text.endsWith('hello')).toBe(true);
  });

  it('that goes during a watch closes the upstream', async () => {
    const next = await latest();
    const client = await contract.connect(tls);
    client.write(contract.request('GET', '/api/v1/pods?watch=1'));
    const upstream = await next();
    await upstream.receives('\r\n\r\n');
    upstream.write(rawAnswer('').replace('Content-Length: 0', 'X-Watch: 1'));
    await client.receives('X-Watch: 1');
    client.destroy();
    await upstream.isEnded();
  });
});
