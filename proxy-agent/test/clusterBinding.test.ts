import { TestApiServer } from './TestApiServer';
import { TestPortal } from './TestPortal';
import { TestProxy, until } from './TestProxy';

describe('a cluster that the portal takes no records of', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;

  const get = async (cluster: string) =>
    fetch(`${proxy.url}/clusters/${cluster}/api/v1/namespaces/dev/pods`, {
      headers: { authorization: `Bearer ${await portal.issue()}` },
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
    portal.clusters = ['prod-*'];
    api = await TestApiServer.start();
    proxy = await TestProxy.start(portal, {
      clusters: [
        { name: 'prod-1', endpoint: api.url },
        { name: 'qa', endpoint: api.url },
      ],
    });
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
  });

  it('is not served, and the refusal says what to do', async () => {
    const refused = await get('qa');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({
      kind: 'Status',
      message: expect.stringMatching(
        /cluster "qa".*kubernetesAudit\.agents\[\]\.clusters/,
      ),
    });
    expect(api.seen).toEqual([]);
    expect((await get('prod-1')).status).toBe(200);
    await until(() => portal.events().length > 0, 'the row of the other call');
    expect(portal.events()).toMatchObject([{ clusterName: 'prod-1' }]);
  });

  it('is said on /readyz and in the metrics, and not announced', async () => {
    const ready = await fetch(`${proxy.adminUrl}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.text()).toMatch(/clusters: not served, .*: qa/);
    const metrics = await (await fetch(`${proxy.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^kubernetes_audit_unbound_clusters 1$/m);
    const announced = () =>
      portal.heartbeats.at(-1)?.clusters as { name: string }[] | undefined;
    await until(
      () => announced()?.length === 1,
      'a heartbeat without the cluster',
    );
    expect(announced()).toMatchObject([{ name: 'prod-1' }]);
  });
});
