import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApiServer } from './TestApiServer';
import { TestPortal } from './TestPortal';
import { TestProxy, until } from './TestProxy';

const PATH = '/clusters/demo/api/v1/namespaces/dev/configmaps';

describe('a policy that is too old', () => {
  let directory: string;
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;

  const call = async (init: RequestInit = {}) =>
    fetch(`${proxy.url}${PATH}`, {
      ...init,
      headers: {
        authorization: `Bearer ${await portal.issue()}`,
        'content-type': 'application/json',
      },
    });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'break-glass-'));
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
    });
    // With such a policy it would never be ready.
    proxy.reload({
      policy: { maxAge: '0ms', breakGlassFile: join(directory, 'break-glass') },
    });
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
    rmSync(directory, { recursive: true });
  });

  it('closes the proxy, and each call that the break-glass file lets pass says so in the audit', async () => {
    const refused = await call();
    expect(refused.status).toBe(503);
    expect((await refused.json()).message).toContain('too long ago');

    writeFileSync(join(directory, 'break-glass'), '');
    await until(
      async () => (await call()).status === 200,
      'the file to be noticed',
    );
    const body = JSON.stringify({ metadata: { name: 'x' } });
    expect((await call({ method: 'POST', body })).ok).toBe(true);
    const said = /^OK \(break-glass: policy last confirmed at 20\S+Z\)$/;
    await until(
      () =>
        portal.events().filter(({ message }) => said.test(message)).length ===
        2,
      'the rows of both calls',
    );
  });
});
