import {
  durationSchema,
  durationToMilliseconds,
  policyBundleSchema,
  roleRuleSchema,
  roleSchema,
} from './policy';

describe('durations', () => {
  it.each([
    ['15m', 900_000],
    ['8h', 28_800_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['1d', 86_400_000],
  ])('%s is %d ms', (duration, milliseconds) => {
    expect(durationSchema.parse(duration)).toBe(duration);
    expect(durationToMilliseconds(duration)).toBe(milliseconds);
  });

  it.each(['', '15', 'm', '15 m', '-5m'])('%j is refused', duration => {
    expect(durationSchema.safeParse(duration).success).toBe(false);
  });
});

describe('roles', () => {
  it('are filled up with safe defaults', () => {
    const role = roleSchema.parse({
      name: 'viewer',
      subjects: ['group:default/all'],
      clusters: ['*'],
      rules: [{ effect: 'allow', resources: ['pods'], verbs: ['get'] }],
    });
    expect(role).toMatchObject({
      kubernetesGroups: [],
      impersonation: { users: [], groups: [] },
      session: { idleTimeout: '15m', record: true, recordInput: false },
    });
  });

  it('name the core group as Kubernetes does, and nothing else by an empty name', () => {
    const rule = { effect: 'allow', resources: ['pods'], verbs: ['get'] };
    const accepts = (lists: object) =>
      roleRuleSchema.safeParse({ ...rule, ...lists }).success;
    expect(accepts({ apiGroups: ['', 'apps'] })).toBe(true);
    for (const list of ['resources', 'namespaces', 'names', 'verbs']) {
      expect(accepts({ [list]: [''] })).toBe(false);
    }
  });

  it('with a misspelt key are refused', () => {
    const result = roleSchema.safeParse({
      name: 'viewer',
      subjects: [],
      clusters: ['*'],
      rule: [],
      rules: [],
    });
    expect(result.error?.issues[0]).toMatchObject({
      code: 'unrecognized_keys',
      keys: ['rule'],
    });
  });
});

describe('policy bundles', () => {
  const bundle = {
    version: 1,
    issuedAt: '2026-11-22T02:00:00.000Z',
    issuer: 'https://portal.example.com',
    roles: [],
    keys: [{ kid: 'k', kty: 'EC', alg: 'ES256' }],
    revocations: { credentials: [], users: [] },
  };

  it('of an older portal, which knows less, are read', () => {
    expect(policyBundleSchema.parse(bundle)).toEqual(bundle);
  });

  it('of a newer portal, which knows more, are read as far as they are known', () => {
    expect(
      policyBundleSchema.parse({
        ...bundle,
        novelty: true,
        revocations: { ...bundle.revocations, novelty: [] },
      }),
    ).toEqual(bundle);
  });
});
