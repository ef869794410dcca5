import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { TLSSocket, TlsOptions } from 'node:tls';
import { Contract } from './Contract';
import { rawAnswer, RawApiServer } from './RawApiServer';
import { TestAuthority } from './TestAuthority';

type ClusterInput = Parameters<typeof Contract.start>[0] extends
  | infer Options
  | undefined
  ? Options extends { clusters?: (infer Cluster)[] }
    ? Cluster
    : never
  : never;

const UPGRADE = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
const FORWARD = '/api/v1/namespaces/dev/pods/web/portforward';

describe('the API server behind TLS', () => {
  let authority: TestAuthority;
  let contract: Contract;

  beforeAll(async () => {
    authority = await TestAuthority.create();
  });
  afterEach(async () => await contract.stop());
  afterAll(() => authority.remove());

  const start = async (
    tls: TlsOptions,
    cluster: (api: RawApiServer) => Omit<ClusterInput, 'name'>,
    host = '127.0.0.1',
  ) => {
    const api = await RawApiServer.start({ tls, host });
    contract = await Contract.start({
      api,
      clusters: [{ name: 'demo', ...cluster(api) }],
    });
    return api;
  };

  /** One ordinary call and one session go through. */
  const expectPassage = async (api: RawApiServer, path = '') => {
    const client = await contract.send('GET', '/api/v1/pods');
    const upstream = await api.connection();
    expect(await upstream.receives('\r\n\r\n')).toContain(
      `GET ${path}/api/v1/pods HTTP/1.1\r\n`,
    );
    upstream.write(rawAnswer('secure'));
    await client.receives('secure');

    const session = await contract.send('POST', FORWARD, UPGRADE);
    const peer = await api.connection(1);
    expect(await peer.receives('\r\n\r\n')).toContain(
      `POST ${path}${FORWARD} HTTP/1.1\r\n`,
    );
    peer.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nfrom the server',
    );
    await session.receives('\r\n\r\nfrom the server');
    session.write('from the client');
    await peer.receives('from the client');
    return { upstream, peer };
  };

  /** Nothing goes through, and the user is told why. */
  const expectRefusal = async (api: RawApiServer, reason: RegExp) => {
    const client = await contract.send('GET', '/api/v1/pods');
    const text = await client.receives('"code":502');
    const session = await contract.send('POST', FORWARD, UPGRADE);
    await session.isEnded();
    for (const answer of [text, session.text]) {
      expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
      expect(answer).toContain(
        'the API server of cluster \\"demo\\" cannot be reached: ',
      );
      expect(answer).toMatch(reason);
    }
    expect(api.text).toBe('');
    expect(await contract.eventOf('/api/v1/pods')).toMatchObject({
      message: expect.stringMatching(reason),
    });
  };

  it('is reached when the right authority signed for its address', async () => {
    const api = await start(
      {
        ...(await authority.issue('127.0.0.1')),
        ALPNProtocols: ['h2', 'http/1.1'],
      },
      ({ url }) => ({ endpoint: url, caFile: authority.caFile }),
    );
    const { upstream, peer } = await expectPassage(api);
    for (const { socket } of [upstream, peer]) {
      expect((socket as TLSSocket).alpnProtocol).toBe('http/1.1');
    }
  });

  it('is not reached when another authority signed', async () => {
    const other = await TestAuthority.create('another');
    const api = await start(await authority.issue('127.0.0.1'), ({ url }) => ({
      endpoint: url,
      caFile: other.caFile,
    }));
    await expectRefusal(api, /signed by an authority that is not trusted/);
    other.remove();
  });

  it('is not reached when its certificate is for another name', async () => {
    const api = await start(
      await authority.issue('other.example.com', '127.0.0.2'),
      ({ url }) => ({ endpoint: url, caFile: authority.caFile }),
    );
    await expectRefusal(api, /its certificate is for another host name/);
  });

  it('is reached by the name that a kubeconfig says that it has', async () => {
    const kubeconfig = (name: string, url: string) => {
      const file = join(authority.directory, `kubeconfig-${name}`);
      writeFileSync(
        file,
        JSON.stringify({
          'current-context': 'c',
          contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
          clusters: [
            {
              name: 'k',
              cluster: {
                // Whatever name it is dialled by.
                server: url.replace('127.0.0.1', 'localhost'),
                'certificate-authority': 'ca.pem',
                'tls-server-name': name,
              },
            },
          ],
          users: [{ name: 'u', user: { token: 'kubeconfig-token' } }],
        }),
      );
      return file;
    };
    const certificate = await authority.issue('kubernetes.default.svc');
    const api = await start(certificate, ({ url }) => ({
      kubeconfig: kubeconfig('kubernetes.default.svc', url),
    }));
    const { upstream } = await expectPassage(api);
    expect(upstream.text).toContain('Authorization: Bearer kubeconfig-token');
    await contract.stop();

    const wrong = await start(certificate, ({ url }) => ({
      kubeconfig: kubeconfig('kubernetes.other.svc', url),
    }));
    await expectRefusal(wrong, /its certificate is for another host name/);
  });

  it('is told who the proxy is by a client certificate alone', async () => {
    const own = await authority.issue('audit-proxy');
    const api = await start(
      {
        ...(await authority.issue('127.0.0.1')),
        ca: authority.ca,
        requestCert: true,
        rejectUnauthorized: true,
      },
      ({ url }) => ({
        endpoint: url,
        caFile: authority.caFile,
        certFile: own.certFile,
        keyFile: own.keyFile,
      }),
    );
    const { upstream, peer } = await expectPassage(api);
    for (const { socket, text } of [upstream, peer]) {
      expect((socket as TLSSocket).getPeerCertificate().subject.CN).toBe(
        'audit-proxy',
      );
      expect(text).not.toMatch(/^authorization:/im);
    }
  });

  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some(item => item?.address === '::1');
  (hasIpv6 ? it : it.skip)('may have an IPv6 address', async () => {
    const api = await start(
      await authority.issue('::1'),
      ({ url }) => ({ endpoint: url, caFile: authority.caFile }),
      '::1',
    );
    const { upstream } = await expectPassage(api);
    expect(upstream.text).toContain(`Host: [::1]:${api.port}\r\n`);
  });

  it.each(['/k8s/clusters/c-1', '/k8s/clusters/c-1/'])(
    'may have its API below a path: %s',
    async path => {
      const api = await start(
        await authority.issue('127.0.0.1'),
        ({ url }) => ({ endpoint: `${url}${path}`, caFile: authority.caFile }),
      );
      await expectPassage(api, '/k8s/clusters/c-1');
    },
  );
});
