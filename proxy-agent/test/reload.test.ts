import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { Contract } from './contract/Contract';
import { rawAnswer, RawApiServer } from './contract/RawApiServer';
import { TestAuthority } from './contract/TestAuthority';
import { until } from './TestProxy';

const PODS = '/api/v1/namespaces/dev/pods';
const FORWARD = `${PODS}/web/portforward`;
const UPGRADE = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';

describe('another configuration', () => {
  let authority: TestAuthority;
  let contract: Contract;
  let other: RawApiServer;
  let tls: ConnectionOptions;
  let certFile: string;
  let keyFile: string;
  let otherKeyFile: string;
  let tokenFile: string;

  const server = () => ({
    host: '127.0.0.1',
    port: 0,
    tls: { certFile, keyFile, caFile: authority.caFile },
  });
  const ask = async (method: string, path: string, headers?: string[]) => {
    const client = await contract.connect(tls);
    client.write(contract.request(method, path, headers));
    return client;
  };
  /** The connection to the API server over which the next request goes. */
  const next = () => {
    const index = contract.api.connections.length;
    return async () => {
      const connection = await contract.api.connection(index);
      await connection.receives('\r\n\r\n');
      return connection;
    };
  };

  beforeEach(async () => {
    authority = await TestAuthority.create();
    tls = { ca: authority.ca };
    ({ certFile, keyFile } = await authority.issue('127.0.0.1'));
    ({ keyFile: otherKeyFile } = await authority.issue('127.0.0.1'));
    tokenFile = join(authority.directory, 'token');
    writeFileSync(tokenFile, 'first');
    other = await RawApiServer.start();
    const api = await RawApiServer.start();
    contract = await Contract.start({
      api,
      server: server(),
      clusters: [
        { name: 'demo', endpoint: api.url, tokenFile, audit: { bodies: true } },
      ],
    });
  });
  afterEach(async () => {
    await contract.stop();
    await other.stop();
    authority.remove();
  });

  it('takes new calls to another API server, and lets those go on that began with the old one', async () => {
    let upstream = next();
    const watch = await ask('GET', `${PODS}?watch=1`);
    const watched = await upstream();
    watched.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    await watch.receives('200 OK');
    upstream = next();
    const session = await ask('GET', FORWARD, UPGRADE);
    const forwarded = await upstream();
    forwarded.write(SWITCHING);
    await session.receives('101 Switching');
    upstream = next();
    const slow = await ask('POST', PODS, ['Content-Length: 100000']);
    slow.write('x'.repeat(50_000));
    const posted = await upstream();

    contract.proxy.reload({
      server: server(),
      clusters: [{ name: 'demo', endpoint: other.url }],
    });
    const call = await ask('GET', PODS);
    const elsewhere = await other.connection();
    await elsewhere.receives('\r\n\r\n');
    elsewhere.write(rawAnswer('elsewhere'));
    await call.receives('elsewhere');

    watched.write('5\r\nstill\r\n');
    await watch.receives('still');
    forwarded.write('from the server');
    await session.receives('from the server');
    session.write('from the client');
    await forwarded.receives('from the client');
    slow.write('x'.repeat(50_000));
    await until(() => posted.bytes.length > 100_000, 'the body to be sent on');
    posted.write(rawAnswer('created', { status: '201 Created' }));
    await slow.receives('created');
    expect(contract.api.requestCount).toBe(3);

    watched.write('0\r\n\r\n');
    // Each connection of the old ones ends with its last call.
    await Promise.all([watched.isEnded(), posted.isEnded()]);
    expect(forwarded.ended).toBe(false);
  });

  it('sends a call that was admitted before to the API server that it was admitted for', async () => {
    const client = await contract.connect(tls);
    client.write(contract.request('POST', PODS, ['Content-Length: 4']));
    // The body is waited for before anything is sent.
    client.write('12');
    // Whatever came before this one was admitted.
    const later = await ask('GET', '/api/v1/%00');
    await later.receives('400 Bad Request');
    const upstream = next();
    contract.proxy.reload({
      server: server(),
      clusters: [{ name: 'demo', endpoint: other.url }],
    });
    client.write('34');
    const posted = await upstream();
    posted.write(rawAnswer('created', { status: '201 Created' }));
    await client.receives('created');
    expect(other.requestCount).toBe(0);
    await posted.isEnded();
  });

  it('closes idle connections of what was taken away, and keeps those of what stayed', async () => {
    const both = [
      { name: 'demo', endpoint: contract.api.url },
      { name: 'other', endpoint: other.url, tags: { env: 'test' } },
    ];
    const before = performance.now();
    contract.proxy.reload({ server: server(), clusters: both });
    await until(
      () =>
        contract.portal.heartbeats.some(
          ({ clusters }) => (clusters as object[]).length === 2,
        ),
      'the portal to hear of it',
    );
    // It does not wait for its turn.
    expect(performance.now() - before).toBeLessThan(5000);
    let client = await contract.connect(tls);
    const connections = [];
    for (const [name, api] of [
      ['demo', contract.api],
      ['other', other],
    ] as const) {
      client.write(
        contract
          .request('GET', PODS)
          .replace('/clusters/demo', `/clusters/${name}`),
      );
      const connection = await api.connection();
      await connection.receives('\r\n\r\n');
      connection.write(rawAnswer(name));
      await client.receives(`\r\n\r\n${name}`);
      connections.push(connection);
    }
    const [kept, gone] = connections;
    contract.proxy.reload({ server: server(), clusters: both.slice(0, 1) });
    await gone.isEnded();
    expect(kept.ended).toBe(false);
    client = await contract.connect(tls);
    client.write(
      contract
        .request('GET', PODS)
        .replace('/clusters/demo', '/clusters/other'),
    );
    await client.receives('this proxy has no cluster \\"other\\"');
    client.write(contract.request('GET', PODS));
    await until(() => contract.api.requestCount === 2, 'the second call');
    kept.write(rawAnswer('again'));
    await client.receives('again');
    expect(contract.api.connections).toHaveLength(1);
  });

  it('counts for the audit of new calls alone', async () => {
    const upstream = next();
    const client = await ask('GET', `${PODS}?before=1`);
    const asked = await upstream();
    contract.proxy.reload({
      server: server(),
      clusters: [
        {
          name: 'demo',
          endpoint: contract.api.url,
          tokenFile,
          audit: { verbs: ['delete'] },
        },
      ],
    });
    asked.write(rawAnswer('one'));
    await client.receives('one');
    const later = next();
    client.write(contract.request('GET', `${PODS}?after=1`));
    (await later()).write(rawAnswer('two'));
    await client.receives('two');
    client.write(contract.request('DELETE', `${PODS}/web`));
    await until(() => contract.api.requestCount === 3, 'the last call');
    contract.api.connections.at(-1)?.write(rawAnswer('three'));
    await client.receives('three');
    await contract.eventOf(`${PODS}/web`);
    expect(contract.portal.events().map(event => event.requestUri)).toEqual([
      `${PODS}?before=1`,
      `${PODS}/web`,
    ]);
  });

  it('brings another certificate for connections to come', async () => {
    const before = await contract.connect(tls);
    const subjectOf = (client: { socket: unknown }) =>
      (client.socket as TLSSocket).getPeerCertificate().subject.CN;
    expect(subjectOf(before)).toBe('127.0.0.1');
    ({ certFile, keyFile } = await authority.issue('renewed', '127.0.0.1'));
    contract.proxy.reload({ server: server() });
    const after = await contract.connect(tls);
    expect(subjectOf(after)).toBe('renewed');
    for (const client of [before, after]) {
      client.write(contract.request('GET', '/api/v1/%00'));
      await client.receives('400 Bad Request');
    }
    // What the listener insists on stays.
    await expect(
      contract.connect({ ...tls, maxVersion: 'TLSv1.1' }),
    ).rejects.toThrow();
  });

  it.each<[string, () => Parameters<Contract['proxy']['reload']>[0]]>([
    [
      'a key of another certificate',
      () => ({
        server: { ...server(), tls: { certFile, keyFile: otherKeyFile } },
        clusters: [{ name: 'demo', endpoint: other.url }],
      }),
    ],
    [
      'a kubeconfig that is not there',
      () => ({
        server: server(),
        clusters: [
          { name: 'demo', endpoint: other.url },
          { name: 'none', kubeconfig: '/nowhere' },
        ],
      }),
    ],
  ])('with %s changes nothing', async (_, changes) => {
    expect(() => contract.proxy.reload(changes())).toThrow();
    const upstream = next();
    const client = await ask('GET', PODS);
    const connection = await upstream();
    expect(connection.text).toContain('Bearer first');
    connection.write(rawAnswer('as before'));
    await client.receives('as before');
  });

  it('brings other limits', async () => {
    contract.proxy.reload({
      server: server(),
      limits: { perSecond: 0.001, burst: 1 },
    });
    const first = await ask('GET', '/api/v1/%00');
    await first.receives('400 Bad Request');
    const second = await ask('GET', '/api/v1/%00');
    await second.receives('429 Too Many Requests');
  });
});
