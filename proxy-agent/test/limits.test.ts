import { TestApiServer } from './TestApiServer';
import { TestPortal } from './TestPortal';
import { TestProxy, until } from './TestProxy';

const PATH = '/api/v1/namespaces/dev/pods';

describe('limits', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;

  const call = async (
    claims: Parameters<TestPortal['issue']>[0] = {},
    path: string = `/clusters/demo${PATH}`,
  ) =>
    fetch(`${proxy.url}${path}`, {
      headers: { authorization: `Bearer ${await portal.issue(claims)}` },
    });

  beforeEach(async () => {
    portal = await TestPortal.start([
      {
        name: 'all',
        subjects: ['group:default/team'],
        clusters: ['*'],
        rules: [{ effect: 'allow', resources: ['*'], verbs: ['*'] }],
      },
    ]);
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'demo', endpoint: api.url }],
      limits: { perSecond: 0.001, burst: 3 },
    });
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
  });

  it('stop a user who sends too much, and nobody else', async () => {
    for (let i = 0; i < 3; i++) {
      expect((await call()).status).toBe(200);
    }
    const refused = await call();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      kind: 'Status',
      reason: 'TooManyRequests',
      message: expect.stringContaining('guest has sent too many requests'),
    });
    expect(api.seen).toHaveLength(3);
    const other = { sub: 'user:default/jane', kubernetesUser: 'jane' };
    expect((await call(other)).status).toBe(200);
    // It has no row, so the metric is where it shows.
    const metrics = await fetch(`${proxy.adminUrl}/metrics`);
    expect(await metrics.text()).toContain(
      'kubernetes_audit_refused_calls_total{code="429"} 1',
    );
  });

  it('keep calls of clusters that are not here out of the spool', async () => {
    const unknown = await call({}, `/clusters/elsewhere${PATH}`);
    expect(unknown.status).toBe(404);
    expect((await call()).status).toBe(200);
    await until(() => portal.events().length > 0, 'the row of the other call');
    expect(portal.events()).toMatchObject([{ clusterName: 'demo' }]);
  });

  it('write a sum of refused calls without a credential, and stop whoever sends too many', async () => {
    await proxy.stop();
    proxy = await TestProxy.start(portal, {
      clusters: [{ name: 'demo', endpoint: api.url }],
      limits: { unauthenticatedPerSecond: 2 },
    });
    const anonymous = async () =>
      await fetch(`${proxy.url}/clusters/demo${PATH}`);
    for (let i = 0; i < 10; i++) {
      expect((await anonymous()).status).toBe(401);
    }
    let refused = await anonymous();
    while (refused.status === 401) {
      // The budget fills while it is used.
      refused = await anonymous();
    }
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      kind: 'Status',
      message: expect.stringContaining('without a valid credential'),
    });
    // So are calls of clusters and paths that are not here …
    for (const path of ['/clusters/elsewhere/api', '/']) {
      let status;
      do {
        status = (await fetch(`${proxy.url}${path}`)).status;
      } while (status !== 429);
    }
    // … but not those of whoever has a credential.
    expect((await call()).status).toBe(200);
    await proxy.stop();
    const rows = portal.events().filter(({ statusCode }) => statusCode === 401);
    expect(rows.slice(0, 5).every(row => !row.message.includes('more'))).toBe(
      true,
    );
    expect(rows.slice(5)).toMatchObject([
      {
        clusterName: 'demo',
        clientIp: '127.0.0.1',
        message: expect.stringMatching(
          /^no credential was sent; .* … and \d+ more like it$/,
        ),
      },
    ]);
  });
});
