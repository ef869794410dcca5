import { z } from 'zod';
import { roleSchema } from '../policy';
import { AuthorizationRequest, RoleAuthorizer } from './RoleAuthorizer';

type RoleInput = z.input<typeof roleSchema>;

const SUBJECTS = ['user:default/guest', 'group:default/payments'];

const REQUEST: AuthorizationRequest = {
  cluster: { name: 'prod-1', tags: { env: 'prod', region: 'eu' } },
  clientIp: '10.1.2.3',
  isResourceRequest: true,
  verb: 'get',
  path: '/api/v1/namespaces/payments-a/pods/web',
  apiGroup: '',
  resource: 'pods',
  subresource: '',
  resourceLabel: 'pods',
  namespace: 'payments-a',
  name: 'web',
  unknownUpgrade: false,
};

const role = (overrides: Partial<RoleInput> = {}): RoleInput => ({
  name: 'payments-developer',
  subjects: ['group:default/payments'],
  clusters: ['prod-*'],
  kubernetesGroups: ['developers'],
  rules: [
    {
      effect: 'allow',
      resources: ['pods', 'pods/*', 'deployments'],
      namespaces: ['payments-*'],
      verbs: ['get', 'list', 'watch', 'create'],
    },
  ],
  ...overrides,
});

function decide(
  roles: RoleInput[],
  request: Partial<AuthorizationRequest> = {},
  subjects: string[] = SUBJECTS,
) {
  const authorizer = RoleAuthorizer.create({
    showPath: path => path.replace(/eyJ[\w.-]+/, '[redacted]'),
  });
  authorizer.useRoles(roles.map(input => roleSchema.parse(input)));
  const { resource, subresource } = { ...REQUEST, ...request };
  const decision = authorizer.decide(subjects, {
    ...REQUEST,
    ...request,
    resourceLabel: subresource ? `${resource}/${subresource}` : resource,
  });
  if (decision.allowed) {
    return { allowed: true, role: decision.role.role.name };
  }
  const { rule: _, ...denial } = decision;
  return denial;
}

const ALLOWED = { allowed: true, role: 'payments-developer' };

describe('RoleAuthorizer', () => {
  it('allows what a rule of a role of the user allows', () => {
    expect(decide([role()])).toEqual(ALLOWED);
  });

  it('allows nothing to whom no role is given', () => {
    expect(decide([role()], {}, ['user:default/other'])).toEqual({
      allowed: false,
      reason:
        'cannot get resource "pods" in API group "" in the namespace "payments-a": no role gives access to cluster "prod-1"',
    });
    expect(decide([])).toMatchObject({ allowed: false });
  });

  it('says which path was asked for, as it may be shown', () => {
    const decision = decide([role()], {
      isResourceRequest: false,
      path: '/foo/eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl/bar',
    });
    expect(decision).toMatchObject({
      reason: expect.stringMatching(
        /^cannot get path "\/foo\/\[redacted\]\/bar": /,
      ),
    });
  });

  it('compares subjects as the catalog does, without case', () => {
    expect(decide([role({ subjects: ['Group:default/Payments'] })])).toEqual(
      ALLOWED,
    );
  });

  it.each<[string, Partial<RoleInput>, Partial<AuthorizationRequest>, boolean]>(
    [
      ['another cluster', {}, { cluster: { name: 'dev', tags: {} } }, false],
      ['a cluster by tags', { clusters: { tags: { env: 'prod' } } }, {}, true],
      ['a tag with a glob', { clusters: { tags: { region: 'e?' } } }, {}, true],
      [
        'one of two tags',
        { clusters: { tags: { env: 'prod', region: 'us' } } },
        {},
        false,
      ],
      ['no tag at all', { clusters: { tags: {} } }, {}, false],
      [
        'an address in the range',
        { conditions: { clientIps: ['10.0.0.0/8'] } },
        {},
        true,
      ],
      [
        'an address outside',
        { conditions: { clientIps: ['10.0.0.0/8'] } },
        { clientIp: '192.168.0.1' },
        false,
      ],
      [
        'an IPv6 address in the range',
        { conditions: { clientIps: ['fd00::/8'] } },
        { clientIp: 'fd00::1' },
        true,
      ],
    ],
  )('%s', (_, overrides, request, allowed) => {
    expect(decide([role(overrides)], request).allowed).toBe(allowed);
  });

  it("prefers the portal's tags of a cluster to those of the proxy", () => {
    const roleOf = (tags: Record<string, string>) =>
      roleSchema.parse(role({ clusters: { tags } }));
    const decideBy = (tags: Record<string, string>, clusterName: string) => {
      const authorizer = RoleAuthorizer.create();
      authorizer.useRoles(
        [roleOf(tags)],
        [{ name: clusterName, tags: { env: 'test', owner: 'payments' } }],
      );
      return authorizer.decide(SUBJECTS, REQUEST).allowed;
    };
    expect(decideBy({ env: 'test' }, 'prod-1')).toBe(true);
    expect(decideBy({ env: 'prod' }, 'prod-1')).toBe(false);
    expect(decideBy({ region: 'eu', owner: 'payments' }, 'prod-1')).toBe(true);
    expect(decideBy({ env: 'prod' }, 'prod-2')).toBe(true);
  });

  it.each<[string[], string, boolean]>([
    [[''], '', true],
    [[''], 'apps', false],
    [['apps', ''], '', true],
    [['apps'], '', false],
    [['*'], '', true],
  ])(
    'the API groups %j and the group %j: %s',
    (apiGroups, apiGroup, allowed) => {
      const rules: RoleInput['rules'] = [
        { effect: 'allow', apiGroups, resources: ['pods'], verbs: ['get'] },
      ];
      expect(decide([role({ rules })], { apiGroup }).allowed).toBe(allowed);
      expect(
        decide(
          [
            role({
              rules: [
                { effect: 'allow', resources: ['pods'], verbs: ['get'] },
                { ...rules[0], effect: 'deny' },
              ],
            }),
          ],
          { apiGroup },
        ).allowed,
      ).toBe(!allowed);
    },
  );

  it.each<[string[], string, string, boolean]>([
    [['pods'], 'pods', '', true],
    [['pods'], 'pods', 'log', false],
    [['pods/*'], 'pods', 'log', true],
    [['pods/*'], 'pods', '', false],
    [['*'], 'pods', 'log', true],
    [['*'], 'pods', 'proxy', false],
    [['pods/*'], 'pods', 'proxy', false],
    [['/.*/'], 'pods', 'proxy', false],
    [['pods/proxy'], 'pods', 'proxy', true],
    [['*'], 'nodes', 'proxy', false],
    [['nodes/proxy'], 'nodes', 'proxy', false],
    [['/po.s/'], 'pods', '', true],
    [['/po/'], 'pods', '', false],
  ])(
    'resources %j and %s/%s: %s',
    (resources, resource, subresource, allowed) => {
      expect(
        decide(
          [role({ rules: [{ effect: 'allow', resources, verbs: ['*'] }] })],
          { resource, subresource, verb: 'get' },
        ).allowed,
      ).toBe(allowed);
    },
  );

  it('lets a wildcard deny a proxy subresource that is allowed by name', () => {
    const rules = [
      { effect: 'allow' as const, resources: ['pods/proxy'], verbs: ['*'] },
      { effect: 'deny' as const, resources: ['*'], verbs: ['*'] },
    ];
    expect(decide([role({ rules })], { subresource: 'proxy' }).allowed).toBe(
      false,
    );
  });

  it('lets an upgrade that it does not know pass only where a rule names the resource', () => {
    const withResources = (resources: string[]) =>
      decide(
        [role({ rules: [{ effect: 'allow', resources, verbs: ['*'] }] })],
        { resource: 'widgets', subresource: 'stream', unknownUpgrade: true },
      ).allowed;
    expect(withResources(['*'])).toBe(false);
    expect(withResources(['widgets/*'])).toBe(false);
    expect(withResources(['widgets/stream'])).toBe(true);
  });

  it('lets such an upgrade of a path pass only where a rule names the path', () => {
    const withPaths = (nonResourceUrls: string[]) =>
      decide(
        [role({ rules: [{ effect: 'allow', nonResourceUrls, verbs: ['*'] }] })],
        {
          isResourceRequest: false,
          path: '/logs/stream',
          resource: '',
          resourceLabel: '',
          unknownUpgrade: true,
        },
      ).allowed;
    expect(withPaths(['*'])).toBe(false);
    expect(withPaths(['/logs/*'])).toBe(false);
    expect(withPaths(['/logs/stream'])).toBe(true);
  });

  it.each(['nodes', '*', '/nodes/'])(
    'refuses the proxy of nodes by its old path, too, with resources %j',
    name => {
      // /api/v1/proxy/nodes/<name>/exec/...
      const decision = decide(
        [
          role({
            rules: [{ effect: 'allow', resources: [name], verbs: ['*'] }],
          }),
        ],
        { resource: 'nodes', namespace: '', name: 'n1', verb: 'proxy' },
      );
      expect(decision).toMatchObject({ allowed: false });
      expect(JSON.stringify(decision)).toContain(
        'nodes/proxy is never allowed',
      );
    },
  );

  it('lets a deny in any role win, and names its rule', () => {
    const denying = role({
      name: 'no-secrets',
      rules: [{ effect: 'deny', resources: ['secrets'], verbs: ['*'] }],
    });
    const all = role({
      rules: [{ effect: 'allow', resources: ['*'], verbs: ['*'] }],
    });
    expect(decide([all, denying], { resource: 'secrets' })).toEqual({
      allowed: false,
      role: 'no-secrets',
      reason:
        'cannot get resource "secrets" in API group "" in the namespace "payments-a": denied by rule 1 of role "no-secrets"',
    });
    expect(decide([all, denying], { resource: 'pods' })).toEqual(ALLOWED);
  });

  it.each<[string, Partial<AuthorizationRequest>, boolean]>([
    ['the namespace itself', { namespace: 'kube-system' }, false],
    ['another namespace', { namespace: 'dev' }, true],
    [
      'a list over all namespaces',
      { verb: 'list', namespace: '', name: '' },
      false,
    ],
    [
      'a watch over all namespaces',
      { verb: 'watch', namespace: '', name: '' },
      false,
    ],
    [
      'a list of what is in no namespace',
      { verb: 'list', namespace: '', name: '', resource: 'nodes' },
      true,
    ],
  ])('a namespace that is denied stays closed to %s', (_, request, allowed) => {
    const roles = [
      role({
        rules: [
          { effect: 'allow', resources: ['*'], verbs: ['*'] },
          {
            effect: 'deny',
            resources: ['*'],
            namespaces: ['kube-system'],
            verbs: ['*'],
          },
        ],
      }),
    ];
    expect(decide(roles, request).allowed).toBe(allowed);
  });

  it('does not let a denied name be read by a list', () => {
    const roles = [
      role({
        rules: [
          { effect: 'allow', resources: ['*'], verbs: ['*'] },
          {
            effect: 'deny',
            resources: ['secrets'],
            names: ['root'],
            verbs: ['get', 'list', 'watch'],
          },
        ],
      }),
    ];
    const secrets = { resource: 'secrets' };
    expect(decide(roles, { ...secrets, name: 'root' }).allowed).toBe(false);
    expect(decide(roles, { ...secrets, name: 'x' }).allowed).toBe(true);
    expect(decide(roles, { ...secrets, verb: 'list', name: '' }).allowed).toBe(
      false,
    );
  });

  it('takes the first role in file order that allows', () => {
    expect(
      decide([
        role({ name: 'first', rules: [] }),
        role({ name: 'second' }),
        role({ name: 'third' }),
      ]),
    ).toEqual({ allowed: true, role: 'second' });
  });

  it.each<[string, Partial<AuthorizationRequest>, string]>([
    [
      'in another namespace',
      { namespace: 'billing' },
      'role "payments-developer" allows it in the namespaces payments-*',
    ],
    [
      'over all namespaces',
      { verb: 'list', namespace: '', name: '' },
      'at the cluster scope: role "payments-developer" allows it in the namespaces payments-*',
    ],
    [
      'with another verb',
      { verb: 'delete' },
      'role "payments-developer" allows get, list, watch, create there',
    ],
    [
      'of another resource',
      { resource: 'secrets' },
      'role "payments-developer" does not allow it',
    ],
  ])('says what would be allowed: %s', (_, request, text) => {
    expect(decide([role()], request)).toMatchObject({
      allowed: false,
      reason: expect.stringContaining(text),
    });
  });

  it('lets who has something in a namespace see that namespace, and no other', () => {
    const namespace = (name: string, verb: string = 'get') => ({
      resource: 'namespaces',
      name,
      namespace: name,
      verb,
    });
    expect(decide([role()], namespace('payments-a'))).toEqual(ALLOWED);
    expect(decide([role()], namespace('billing')).allowed).toBe(false);
    expect(decide([role()], namespace('payments-a', 'delete')).allowed).toBe(
      false,
    );
    expect(decide([role()], namespace('', 'list')).allowed).toBe(false);
  });

  it('lets who has a role in the cluster discover its API and ask about itself', () => {
    const discovery = {
      isResourceRequest: false,
      resource: '',
      namespace: '',
      name: '',
    };
    for (const path of ['/api', '/apis/apps/v1', '/version', '/openapi/v3']) {
      expect(decide([role()], { ...discovery, path })).toEqual(ALLOWED);
    }
    expect(decide([role()], { ...discovery, path: '/metrics' }).allowed).toBe(
      false,
    );
    expect(
      decide([role()], { ...discovery, path: '/apiserver-secrets' }).allowed,
    ).toBe(false);
    expect(
      decide([role()], { ...discovery, path: '/version', verb: 'post' })
        .allowed,
    ).toBe(false);
    expect(
      decide([role()], {
        verb: 'create',
        apiGroup: 'authorization.k8s.io',
        resource: 'selfsubjectaccessreviews',
        namespace: '',
        name: '',
      }),
    ).toEqual(ALLOWED);
  });

  it('names the rule that decided, and none where every role decides alike', () => {
    const authorizer = RoleAuthorizer.create();
    authorizer.useRoles([
      roleSchema.parse(
        role({
          rules: [
            { effect: 'allow', resources: ['services'], verbs: ['*'] },
            { effect: 'allow', resources: ['pods'], verbs: ['*'] },
            { effect: 'deny', resources: ['secrets'], verbs: ['*'] },
          ],
        }),
      ),
    ]);
    const ruleOf = (resource: string) =>
      authorizer.decide(SUBJECTS, {
        ...REQUEST,
        resource,
        resourceLabel: resource,
      }).rule?.position;
    expect(ruleOf('pods')).toBe(2);
    expect(ruleOf('secrets')).toBe(3);
    expect(ruleOf('nodes')).toBeUndefined();
    expect(
      authorizer.rolesOf(SUBJECTS, REQUEST).map(({ role: { name } }) => name),
    ).toEqual(['payments-developer']);
  });

  it.each<[string[], string, boolean]>([
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['::ffff:10.0.0.0/104'], '10.1.2.3', true],
    [['10.1.2.3'], '10.1.2.3', true],
    [['10.1.2.4'], '10.1.2.3', false],
    [['fd00::/8'], '10.1.2.3', false],
    [['0.0.0.0/0'], 'fd00::1', false],
    [['0.0.0.0/0'], 'no address', false],
    [[], '10.1.2.3', false],
  ])('a role for %j and a client at %s: %s', (clientIps, clientIp, allowed) => {
    expect(
      decide([role({ conditions: { clientIps } })], { clientIp }).allowed,
    ).toBe(allowed);
  });

  it('matches a hostile expression in linear time', () => {
    const roles = [
      role({
        rules: [
          { effect: 'allow', resources: ['/(a+)+b/'], verbs: ['*'] },
          { effect: 'allow', resources: [`${'*a'.repeat(20)}b`], verbs: ['*'] },
        ],
      }),
    ];
    // Backtracking would need longer than the universe has.
    expect(decide(roles, { resource: 'a'.repeat(5000) }).allowed).toBe(false);
  });

  it('names the role whose expression is malformed', () => {
    expect(() =>
      decide([
        role({
          rules: [{ effect: 'allow', resources: ['/(/'], verbs: ['*'] }],
        }),
      ]),
    ).toThrow('role payments-developer:');
  });
});
