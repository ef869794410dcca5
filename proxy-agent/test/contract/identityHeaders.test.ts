import { Contract } from './Contract';
import { rawAnswer } from './RawApiServer';

const IDENTITY = [
  'Impersonate-User: guest',
  'Impersonate-Group: developers',
  'Impersonate-Group: viewers',
  'Impersonate-Group: system:authenticated',
  'Impersonate-Extra-Remote-Client-Ip: 127.0.0.1',
];

describe('the headers of a request', () => {
  let contract: Contract;

  beforeEach(async () => {
    contract = await Contract.start();
  });
  afterEach(async () => await contract.stop());

  const headOf = async (method: string, headers: string[], body = '') => {
    const client = await contract.send(method, '/api/v1/pods', headers, body);
    const upstream = await contract.api.connection();
    const head = await upstream.receives('\r\n\r\n');
    upstream.write(rawAnswer('{}'));
    await client.receives('{}');
    return head.slice(0, head.indexOf('\r\n\r\n')).split('\r\n');
  };

  it('say who asks, each group on a line of its own, in order', async () => {
    const lines = await headOf('GET', []);
    expect(lines.filter(line => /^impersonate-/i.test(line))).toEqual(IDENTITY);
    expect(lines.filter(line => /^audit-id: /i.test(line))).toHaveLength(1);
  });

  it('say as whom with --as, each group on a line of its own', async () => {
    const lines = await headOf('GET', [
      'Impersonate-User: jane',
      'Impersonate-Group: testers',
      'impersonate-group: writers',
    ]);
    expect(lines.filter(line => /^impersonate-/i.test(line))).toEqual([
      'Impersonate-User: jane',
      'Impersonate-Group: testers',
      'Impersonate-Group: writers',
      'Impersonate-Extra-Remote-Client-Ip: 127.0.0.1',
    ]);
  });

  it('do not lose the identity when the client names it in Connection', async () => {
    const lines = await headOf('GET', [
      'Connection: close, Impersonate-User, Impersonate-Group, Audit-ID, Host, Authorization',
      'Connection: impersonate-extra-remote-client-ip',
    ]);
    expect(lines.filter(line => /^impersonate-/i.test(line))).toEqual(IDENTITY);
    expect(lines.filter(line => /^audit-id: /i.test(line))).toHaveLength(1);
    expect(lines.filter(line => /^host: /i.test(line))).toEqual([
      `Host: ${new URL(contract.api.url).host}`,
    ]);
  });

  it('do not hide what the client asks for with --as when it is named in Connection', async () => {
    const client = await contract.send('GET', '/api/v1/pods', [
      'Connection: close, Impersonate-User',
      'Impersonate-User: root',
    ]);
    await client.isEnded();
    expect(client.text).toMatch(/^HTTP\/1\.1 403 /);
    expect(contract.api.connections).toEqual([]);
  });

  it('leave out what Connection names, and all else that is of one connection', async () => {
    const lines = await headOf('GET', [
      'Connection: close, X-Internal,  x-other ,',
      'X-Internal: 1',
      'X-Other: 2',
      'X-Kept: 3',
      'Keep-Alive: timeout=5',
      'TE: trailers',
      'Trailer: X-T',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic YTpi',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ]);
    expect(lines).toContain('X-Kept: 3');
    expect(lines.join('\n')).not.toMatch(
      /^(?:x-internal|x-other|keep-alive|te|trailer|proxy-.*|upgrade|http2-settings):/im,
    );
  });

  it('are otherwise sent on as they are: names, order, repetitions and encodings', async () => {
    const sent = [
      'User-Agent: kubectl/v1.32.3 (linux/amd64) kubernetes/abc',
      'ACCEPT: application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'Accept-Encoding: gzip',
      'X-Twice: a',
      'x-twice: b',
      'X-Empty: ',
      'X-Latin: caf\xe9',
      'Kubectl-Command: kubectl get',
    ];
    const lines = await headOf('GET', sent);
    expect(
      lines.filter(line =>
        /^(?:user-agent|accept|accept-encoding|x-.*|kubectl-command):/i.test(
          line,
        ),
      ),
    ).toEqual(sent);
  });

  it('leave out what the cluster would take for the identity or the address of the client', async () => {
    const lines = await headOf('GET', [
      'Cookie: a=b',
      'Audit-ID: mine',
      'X-Remote-User: admin',
      'X-Remote-Group: system:masters',
      'X-Forwarded-For: 10.1.1.1',
      'X-Real-Ip: 10.1.1.1',
      'Forwarded: for=10.1.1.1',
      'Impersonate-Uid: 0',
      'Impersonate-Extra-Scopes: all',
    ]);
    expect(lines.join('\n')).not.toMatch(
      /cookie|mine|x-remote|x-forwarded|x-real|^forwarded|uid|scopes/im,
    );
  });

  it('let a trace go on to the API server, and no further', async () => {
    const trace = [
      'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'tracestate: vendor=value',
    ];
    let delivered: object | undefined;
    contract.portal.onIngest = ({ headers }) => {
      delivered = headers;
      // From now on the portal takes what it is sent.
      contract.portal.onIngest = undefined;
      return { status: 503, body: {} };
    };
    expect(await headOf('GET', trace)).toEqual(expect.arrayContaining(trace));
    const event = await contract.eventOf('/api/v1/pods');
    expect(delivered).toHaveProperty('x-spool-epoch');
    expect(delivered).not.toHaveProperty('traceparent');
    expect(delivered).not.toHaveProperty('tracestate');
    expect(JSON.stringify(event)).not.toContain('0af7651916cd');
  });

  it('leave that out with underscores, too', async () => {
    const lines = await headOf('GET', [
      'Impersonate_User: jane',
      'impersonate-extra_scopes: all',
      'X_Remote_Group: system:masters',
      'X_Forwarded_For: 10.1.1.1',
      'X-Real_Ip: 10.1.1.1',
      'Audit_ID: mine',
      'Proxy_Authorization: Basic YTpi',
      'X_Kept: 1',
    ]);
    expect(lines).toContain('X_Kept: 1');
    expect(lines.filter(line => /^impersonate/i.test(line))).toEqual(IDENTITY);
    expect(lines.join('\n')).not.toMatch(
      /remote.group|forwarded|real|mine|^proxy/im,
    );
  });

  it('are not joined by what a client sends behind the chunks', async () => {
    const client = await contract.send(
      'POST',
      '/api/v1/pods',
      ['Transfer-Encoding: chunked', 'Trailer: Impersonate-User'],
      '2\r\n{}\r\n0\r\nImpersonate-User: admin\r\nX-T: 1\r\n\r\n',
    );
    const upstream = await contract.api.connection();
    const text = await upstream.receives('{}');
    expect(text.match(/impersonate-user: .*/gi)).toEqual([
      'Impersonate-User: guest',
    ]);
    expect(text).not.toMatch(/x-t|admin/i);
    client.destroy();
  });

  it('carry no credential in the guise of a WebSocket subprotocol', async () => {
    const bearer = 'base64url.bearer.authorization.k8s.io.c2VjcmV0';
    const lines = await headOf('GET', [
      `Sec-WebSocket-Protocol: v4.channel.k8s.io, ${bearer},v5.channel.k8s.io`,
      `sec-websocket-protocol: ${bearer}`,
    ]);
    expect(lines.filter(line => /^sec-websocket/i.test(line))).toEqual([
      'Sec-WebSocket-Protocol: v4.channel.k8s.io, v5.channel.k8s.io',
    ]);
  });

  it('keep the identity when the client expects 100-continue, which it gets', async () => {
    const body = '{"kind":"Pod"}';
    const client = await contract.send('POST', '/api/v1/pods', [
      'Expect: 100-continue',
      `Content-Length: ${body.length}`,
    ]);
    await client.receives('HTTP/1.1 100 Continue\r\n\r\n');
    client.write(body);
    const upstream = await contract.api.connection();
    const text = await upstream.receives(body);
    for (const line of IDENTITY) {
      expect(text).toContain(`\r\n${line}\r\n`);
    }
    expect(text).not.toMatch(/^expect:/im);
    upstream.write(rawAnswer('{}', { status: '201 Created' }));
    expect(await client.receives('{}')).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 Created\r\n/,
    );
  });

  it('that expect anything else are refused', async () => {
    const client = await contract.send('GET', '/api', ['Expect: 200-maybe']);
    await client.receives('HTTP/1.1 417 ');
    expect(contract.api.connections).toEqual([]);
  });
});
