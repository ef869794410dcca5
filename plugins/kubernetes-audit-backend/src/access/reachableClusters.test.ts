import { Role, roleSchema } from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { ServedCluster } from '../agents';
import { reachableClusters } from './reachableClusters';

const role = (overrides: Partial<z.input<typeof roleSchema>>): Role =>
  roleSchema.parse({
    name: 'role',
    subjects: ['group:default/dev'],
    clusters: ['*'],
    rules: [{ effect: 'allow', resources: ['pods'], verbs: ['get'] }],
    ...overrides,
  });
const clusters: ServedCluster[] = [
  { name: 'dev-1', tags: { env: 'dev' }, proxyUrl: 'https://p' },
  {
    name: 'prod-1',
    tags: { env: 'prod', region: 'eu' },
    proxyUrl: 'https://p',
  },
];
const reach = (
  roles: Role[],
  refs = ['user:default/me', 'Group:default/DEV'],
) =>
  reachableClusters(clusters, roles, refs).map(
    cluster => `${cluster.name}: ${cluster.roles.join(', ')}`,
  );

describe('reachableClusters', () => {
  it('follows groups and names, in any case of the refs', () => {
    expect(reach([role({})])).toEqual(['dev-1: role', 'prod-1: role']);
    expect(reach([role({ subjects: ['user:default/ME'] })])).toHaveLength(2);
    expect(reach([role({ subjects: ['user:default/you'] })])).toEqual([]);
    expect(reach([], [])).toEqual([]);
  });

  it('follows globs and regular expressions of names and tags', () => {
    expect(reach([role({ clusters: ['prod-?', 'x'] })])).toEqual([
      'prod-1: role',
    ]);
    expect(reach([role({ clusters: { tags: { env: 'd*' } } })])).toEqual([
      'dev-1: role',
    ]);
    expect(
      reach([role({ clusters: { tags: { env: '*', region: 'us' } } })]),
    ).toEqual([]);
    expect(reach([role({ clusters: { tags: {} } })])).toEqual([]);
    expect(reach([role({ clusters: ['/(prod|test)-\\d/', '/dev/'] })])).toEqual(
      ['prod-1: role'],
    );
  });

  it('names all roles that do, and none that allows nothing', () => {
    const deny = { effect: 'deny' as const, verbs: ['*'], resources: ['*'] };
    expect(
      reach([
        role({ name: 'a', clusters: ['dev-1'] }),
        role({ name: 'b', clusters: ['dev-*'] }),
        role({ name: 'c', rules: [deny] }),
      ]),
    ).toEqual(['dev-1: a, b']);
  });
});
