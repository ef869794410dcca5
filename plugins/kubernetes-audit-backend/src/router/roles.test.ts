import { createMockDirectory } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { startAccess } from '../__testUtils__/startAccess';
import { agentHeaders, BASE, userHeaders } from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const entity = (
  kind: string,
  name: string,
  relations: Entity['relations'],
  displayName?: string,
): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: { profile: { displayName } },
  relations,
});
const ENTITIES = [
  entity(
    'User',
    'jane',
    [{ type: 'memberOf', targetRef: 'group:default/developers' }],
    'Jane',
  ),
  entity(
    'Group',
    'developers',
    [{ type: 'hasMember', targetRef: 'user:default/jane' }],
    'Developers',
  ),
];
const ROLES = [
  {
    name: 'developer',
    subjects: ['group:default/developers', 'group:default/gone'],
    clusters: ['dev-*'],
    kubernetesGroups: ['developers'],
    rules: [
      { effect: 'allow', resources: ['services'], verbs: ['*'] },
      { effect: 'allow', resources: ['pods', 'pods/*'], verbs: ['*'] },
      {
        effect: 'deny',
        resources: ['pods/exec'],
        namespaces: ['prod'],
        verbs: ['*'],
      },
    ],
  },
];

describe('roles', () => {
  const directory = createMockDirectory();
  const start = () =>
    startAccess({
      recordings: directory.path,
      entities: ENTITIES,
      kubernetesAudit: {
        recordings: { path: directory.path },
        roles: ROLES,
      },
    });

  it('are listed with who has them, and what the proxies know of them', async () => {
    const { api } = await start();
    const list = async () => {
      const { body } = await api
        .get(`${BASE}/v1/access/roles`)
        .set(userHeaders())
        .expect(200);
      return body;
    };
    const { roles, bundleVersion, proxies, clusters } = await list();
    expect(roles).toEqual([
      {
        role: expect.objectContaining({ name: 'developer' }),
        clusters: ['dev-1'],
        subjects: [
          {
            entityRef: 'group:default/developers',
            displayName: 'Developers',
            isKnown: true,
            members: ['user:default/jane'],
            memberCount: 1,
          },
          { entityRef: 'group:default/gone', isKnown: false },
        ],
      },
    ]);
    expect(clusters).toEqual(['demo', 'dev-1']);
    expect(proxies).toEqual([
      { id: 'demo-proxy', lastSeenAt: expect.any(String) },
    ]);
    await api
      .post(`${BASE}/v1/agent/heartbeat`)
      .set(agentHeaders())
      .send({ version: '1', clusters: [], bundleVersion })
      .expect(200);
    expect((await list()).proxies).toMatchObject([{ bundleVersion }]);
  });

  it('are explained by the rule that decides', async () => {
    const { api } = await start();
    const decide = async (asked: object) => {
      const { body } = await api
        .post(`${BASE}/v1/access/decisions`)
        .set(userHeaders())
        .send({
          userEntityRef: 'user:default/jane',
          cluster: 'dev-1',
          verb: 'create',
          resource: 'pods/exec',
          namespace: 'test',
          ...asked,
        })
        .expect(200);
      return body;
    };
    expect(await decide({})).toEqual({
      allowed: true,
      reason: '',
      role: 'developer',
      rule: 2,
      kubernetesGroups: ['developers'],
      subjects: ['user:default/jane', 'group:default/developers'],
      roles: ['developer'],
      isServed: true,
    });
    expect(await decide({ namespace: 'prod' })).toMatchObject({
      allowed: false,
      role: 'developer',
      rule: 3,
      reason: expect.stringContaining('denied by rule 3 of role "developer"'),
    });
    expect(await decide({ cluster: 'other' })).toMatchObject({
      allowed: false,
      roles: [],
      isServed: false,
    });
    expect(
      await decide({ userEntityRef: 'user:default/nobody' }),
    ).toMatchObject({ allowed: false, subjects: ['user:default/nobody'] });
    expect(
      await decide({ resource: '', path: '/version', verb: 'get' }),
    ).toEqual(expect.objectContaining({ allowed: true, role: 'developer' }));
  });

  it('are for who manages access', async () => {
    const { api } = await start();
    const jane = userHeaders('jane');
    await api.get(`${BASE}/v1/access/roles`).set(jane).expect(403);
    await api
      .post(`${BASE}/v1/access/decisions`)
      .set(jane)
      .send({
        userEntityRef: 'user:default/jane',
        cluster: 'dev-1',
        verb: 'get',
        resource: 'pods',
      })
      .expect(403);
    await api
      .post(`${BASE}/v1/access/decisions`)
      .set(userHeaders())
      .send({ verb: 'get' })
      .expect(400);
    for (const wrong of [
      { userEntityRef: 'jane doe' },
      { userEntityRef: 'group:default/developers' },
      { resource: '' },
      { path: '/metrics' },
    ]) {
      const { status } = await api
        .post(`${BASE}/v1/access/decisions`)
        .set(userHeaders())
        .send({
          userEntityRef: 'user:default/jane',
          cluster: 'dev-1',
          verb: 'get',
          resource: 'pods',
          ...wrong,
        });
      expect(status).toBe(400);
    }
  });
});
