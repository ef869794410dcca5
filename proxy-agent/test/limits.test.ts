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
  });

  it('keep calls of clusters that are not here out of the spool', async () => {
    const unknown = await call({}, `/clusters/elsewhere${PATH}`);
    expect(unknown.status).toBe(404);
    expect((await call()).status).toBe(200);
    await until(() => portal.events().length > 0, 'the row of the other call');
    expect(portal.events()).toMatchObject([{ clusterName: 'demo' }]);
  });
});
