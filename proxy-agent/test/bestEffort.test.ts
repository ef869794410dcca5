import { request as httpRequest } from 'node:http';
import { TestApiServer } from './TestApiServer';
import { TestPortal } from './TestPortal';
import { TestProxy, until } from './TestProxy';

const PODS = '/api/v1/namespaces/dev/pods';
/** Room for some records. */
const SPOOL_BYTES = 20_000;
const UNRECORDED = /^(\d+) calls of this cluster were not recorded between/;

describe('a spool that cannot be written', () => {
  let portal: TestPortal;
  let api: TestApiServer;
  let proxy: TestProxy;
  let token: string;

  const start = async (...durabilities: ('strict' | 'best-effort')[]) => {
    proxy = await TestProxy.start(portal, {
      clusters: durabilities.map(durability => ({
        name: durability,
        endpoint: api.url,
        audit: { durability },
      })),
      spool: { maxBytes: SPOOL_BYTES },
    });
  };
  const call = async (
    cluster: string,
    init: RequestInit & { path?: string } = {},
  ) => {
    const { path = PODS, headers, ...rest } = init;
    const answer = await fetch(`${proxy.url}/clusters/${cluster}${path}`, {
      ...rest,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const upgrade = async (cluster: string) =>
    await new Promise<number | undefined>((resolve, reject) => {
      const path = `/clusters/${cluster}${PODS}/web/exec?command=sh`;
      httpRequest(`${proxy.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          connection: 'Upgrade',
          upgrade: 'SPDY/3.1',
        },
      })
        .on('response', answer => resolve(answer.resume().statusCode))
        .on('upgrade', (_answer, socket) => {
          socket.destroy();
          resolve(101);
        })
        .on('error', reject)
        .end();
    });
  /** The portal takes nothing more, until the spool is full. */
  const fill = async (cluster: string) => {
    portal.outage = 503;
    let sent = 0;
    do {
      await call(cluster, { path: `${PODS}/filling-${sent}` });
      sent += 1;
    } while (!(await admin('readyz')).includes('has reached its limit'));
    return sent;
  };
  const admin = async (page: string) =>
    await (await fetch(`${proxy.adminUrl}/${page}`)).text();

  beforeEach(async () => {
    portal = await TestPortal.start([
      {
        name: 'all',
        subjects: ['group:default/team'],
        clusters: ['*'],
        rules: [
          { effect: 'allow', resources: ['*', '*/*'], verbs: ['*'] },
          {
            effect: 'deny',
            resources: ['*'],
            namespaces: ['denied'],
            verbs: ['*'],
          },
        ],
      },
    ]);
    api = await TestApiServer.start();
    token = await portal.issue();
  });
  afterEach(async () => {
    await proxy.stop();
    await portal.stop();
    await api.stop();
  });

  it('closes a strict cluster, and lets calls of a best-effort one pass', async () => {
    await start('strict', 'best-effort');
    await fill('best-effort');
    const seen = api.seen.length;
    const refused = await call('strict');
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('the audit spool has reached its limit');
    expect(api.seen).toHaveLength(seen);

    expect((await call('best-effort')).status).toBe(200);
    const body = '{"kind":"Pod","metadata":{"name":"web"}}';
    const headers = { 'content-type': 'application/json' };
    const created = { method: 'POST', headers, body };
    expect((await call('best-effort', created)).status).toBe(200);
    expect(api.seen).toHaveLength(seen + 2);
    // Who may not, may not, recorded or not.
    const denied = { path: PODS.replace('dev', 'denied') };
    expect((await call('best-effort', denied)).status).toBe(403);
    const nobody = { headers: { authorization: 'Bearer x' } };
    expect((await call('best-effort', nobody)).status).toBe(401);
    expect(api.seen).toHaveLength(seen + 2);
  });

  it('opens no session on either', async () => {
    await start('strict', 'best-effort');
    await fill('best-effort');
    expect(await upgrade('strict')).toBe(503);
    expect(await upgrade('best-effort')).toBe(503);
  });

  it('says in one event how much it has missed, when it can be written again', async () => {
    await start('best-effort');
    const sent = await fill('best-effort');
    for (let i = 0; i < 5; i++) {
      await call('best-effort', { method: i === 0 ? 'DELETE' : 'GET' });
    }
    expect(await admin('readyz')).toMatch(
      /\[\+\] spool: the audit spool has reached its limit/,
    );
    expect((await fetch(`${proxy.adminUrl}/readyz`)).status).toBe(200);
    const metric = async () =>
      Number(
        /^kubernetes_audit_unrecorded_calls_total\{cluster="best-effort"\} (\d+)$/m.exec(
          await admin('metrics'),
        )?.[1],
      );
    const missed = await metric();
    expect(missed).toBeGreaterThanOrEqual(5);

    portal.outage = undefined;
    const gap = () =>
      portal.events().find(({ message }) => UNRECORDED.test(message));
    await until(() => gap() !== undefined, 'the event');
    expect(gap()).toMatchObject({
      clusterName: 'best-effort',
      clusterEndpoint: api.url,
      result: 'failure',
      message: expect.stringContaining('has reached its limit'),
    });
    expect(Number(UNRECORDED.exec(gap()?.message ?? '')?.[1])).toBe(missed);
    expect(await metric()).toBe(missed);
    // Nothing is told twice, and nothing is missing beyond.
    expect((await call('best-effort')).status).toBe(200);
    await proxy.stop();
    const events = portal.events();
    expect(events.filter(({ message }) => UNRECORDED.test(message))).toEqual([
      gap(),
    ]);
    expect(events).toHaveLength(sent + 5 - missed + 2);
  });

  it('leaves a proxy with a strict cluster unready', async () => {
    await start('strict', 'best-effort');
    await fill('best-effort');
    const answer = await fetch(`${proxy.adminUrl}/readyz`);
    expect(answer.status).toBe(503);
  });
});
