import { on } from 'node:events';
import { asUser, TestCluster } from './testing/testCluster';

const PODS = '/api/v1/namespaces/dev/pods';
const CONFIG_MAPS = '/api/v1/namespaces/dev/configmaps';

const guest = asUser('guest', ['developers', 'viewers']);

describe('demo cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.close());

  it('says what it is', async () => {
    const { body } = await cluster.call('GET', '/version', {});
    expect(body.gitVersion).toBe('v1.33.0+demo');
  });

  it('knows one token', async () => {
    const headers = { authorization: 'Bearer other' };
    expect(await cluster.call('GET', PODS, headers)).toMatchObject({
      code: 401,
      body: { kind: 'Status', reason: 'Unauthorized', code: 401 },
    });
  });

  it('gives the proxy itself nothing', async () => {
    const { code, body } = await cluster.call('GET', PODS, {});
    expect(code).toBe(403);
    expect(body.message).toBe(
      'pods is forbidden: User "audit-proxy" cannot list resource "pods" in API group "" in the namespace "dev"',
    );
  });

  it.each([
    ['developers', 'GET', '/api/v1/pods', 403],
    ['developers', 'GET', '/api/v1/namespaces/dev/secrets', 200],
    ['developers', 'DELETE', '/api/v1/namespaces/dev', 403],
    ['viewers', 'GET', '/api/v1/pods', 200],
    ['viewers', 'GET', '/api/v1/namespaces/dev/secrets', 403],
    ['viewers', 'GET', `${PODS}/web/exec?command=id&stdout=true`, 403],
    ['viewers', 'DELETE', `${PODS}/web`, 403],
    ['system:masters', 'GET', '/api/v1/secrets', 200],
    ['others', 'GET', '/api/v1/namespaces', 403],
  ])('answers %s that %s %s: %d', async (group, method, path, expected) => {
    const { code } = await cluster.call(method, path, asUser('x', [group]));
    expect(code).toBe(expected);
  });

  it('keeps groups of repeated headers apart', async () => {
    const { body } = await cluster.call(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { ...asUser('guest', ['a,b', 'c']), 'impersonate-extra-x%2fy': 'z' },
      { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' },
    );
    expect(body.status).toEqual({
      userInfo: {
        username: 'guest',
        groups: ['a,b', 'c', 'system:authenticated'],
        extra: { 'x/y': ['z'] },
      },
    });
  });

  it('refuses an update of what has changed meanwhile', async () => {
    const made = await cluster.call('POST', CONFIG_MAPS, guest, {
      metadata: { name: 'conflicting' },
    });
    const path = `${CONFIG_MAPS}/conflicting`;
    const draft = { ...made.body, data: { a: '1' } };
    expect((await cluster.call('PUT', path, guest, draft)).code).toBe(200);
    expect(await cluster.call('PUT', path, guest, draft)).toMatchObject({
      code: 409,
      body: { reason: 'Conflict' },
    });
  });

  it('makes up names from generateName', async () => {
    const { code, body } = await cluster.call('POST', CONFIG_MAPS, guest, {
      metadata: { generateName: 'made-' },
    });
    expect(code).toBe(201);
    expect(body.metadata).toMatchObject({
      name: expect.stringMatching(/^made-[a-z0-9]{5}$/),
    });
  });

  it('goes on with a watch where a list ended', async () => {
    const { body: list } = await cluster.call('GET', CONFIG_MAPS, guest);
    const { resourceVersion } = Object(list.metadata);
    const watched = { metadata: { name: 'watched', labels: { w: '1' } } };
    await cluster.call('POST', CONFIG_MAPS, guest, watched);
    const watch = await cluster.open(
      'GET',
      `${CONFIG_MAPS}?watch=1&labelSelector=w%3D1&resourceVersion=${resourceVersion}`,
      guest,
    );
    await cluster.call('DELETE', `${CONFIG_MAPS}/watched`, guest);
    const types: string[] = [];
    for await (const [chunk] of on(watch, 'data')) {
      const lines: string[] = String(chunk).trim().split('\n');
      types.push(...lines.map(line => JSON.parse(line).type));
      if (types.length >= 2) break;
    }
    watch.destroy();
    expect(types).toEqual(['ADDED', 'DELETED']);
  });

  it('shows pods as a Table', async () => {
    const { body } = await cluster.call('GET', `${PODS}/web`, {
      ...guest,
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    expect(body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: expect.arrayContaining(['web', '1/1', 'Running']) }],
    });
  });

  it('does no port-forwarding', async () => {
    const answer = await cluster.call('POST', `${PODS}/web/portforward`, {
      ...guest,
      connection: 'Upgrade',
      upgrade: 'SPDY/3.1',
    });
    expect(answer).toMatchObject({ code: 501, body: { kind: 'Status' } });
  });
});
