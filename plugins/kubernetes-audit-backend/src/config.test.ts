import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { readKubernetesAuditConfig } from './config';

const read = (kubernetesAudit?: JsonObject) =>
  readKubernetesAuditConfig(
    mockServices.rootConfig({
      data: kubernetesAudit ? { kubernetesAudit } : {},
    }),
  );
const role = {
  name: 'viewer',
  subjects: ['group:default/viewers'],
  clusters: ['*'],
  rules: [],
};
const agent = { id: 'a', subject: 'agent:a', clusters: ['*'] };

describe('readKubernetesAuditConfig', () => {
  it('has a default for everything', () => {
    expect(read()).toEqual({
      administrators: [],
      agents: [],
      roles: [],
      credentials: {
        lifetime: '12h',
        lifetimeMs: 43_200_000,
        login: {
          lifetime: '7d',
          lifetimeMs: 7 * 24 * 60 * 60 * 1000,
          tokenLifetime: '1h',
          tokenLifetimeMs: 60 * 60 * 1000,
        },
        proxyGroup: 'default',
        userNamePrefix: '',
      },
      keys: { rotation: '30d', rotationMs: 30 * 24 * 60 * 60_000 },
      clusters: [],
      recordings: {
        maxPlaybackSize: 734_003_200,
        path: './kubernetes-audit-recordings',
      },
      export: { encryption: 'optional' },
      retention: { events: 'forever', recordings: 'forever' },
    });
  });

  it('fills up roles', () => {
    expect(read({ roles: [role] }).roles[0].session.idleTimeout).toBe('15m');
  });

  it('lets roles name the core group of the API', () => {
    const rule = { effect: 'allow', apiGroups: [''], verbs: ['get'] };
    const { roles } = read({ roles: [{ ...role, rules: [rule] }] });
    expect(roles[0].rules[0].apiGroups).toEqual(['']);
  });

  it('lets keys be rotated by hand alone', () => {
    const { keys } = read({ keys: { rotation: 'manual' } });
    expect(keys.rotationMs).toBeUndefined();
  });

  it.each([
    [{ roles: [{ ...role, rule: [] }] }, 'kubernetesAudit.roles.0: '],
    [{ roles: [{ ...role, clusters: ['a', '/(/'] }] }, 'roles.0.clusters.1: '],
    [
      { roles: [{ ...role, clusters: { tags: { env: '/[/' } } }] },
      'roles.0.clusters.tags.env: ',
    ],
    [
      {
        roles: [
          { ...role, rules: [{ effect: 'deny', verbs: ['get', '/?/'] }] },
        ],
      },
      'roles.0.rules.0.verbs.1: ',
    ],
    [
      { roles: [{ ...role, impersonation: { groups: ['/(/'] } }] },
      'roles.0.impersonation.groups.0: ',
    ],
    [
      { roles: [{ ...role, conditions: { clientIps: ['10.0.0.0/8', 'x'] } }] },
      'roles.0.conditions.clientIps.1: ',
    ],
    [
      { roles: [{ ...role, conditions: { clientIps: ['10.0.0.0/33'] } }] },
      'roles.0.conditions.clientIps.0: ',
    ],
    [{ roles: [role, role] }, 'kubernetesAudit.roles: names of roles must be'],
    [{ agents: [agent, { ...agent, id: 'b' }] }, 'subjects of agents must be'],
    [{ agents: [agent, { ...agent, subject: 'b' }] }, 'agent ids must be'],
    [
      { agents: [{ ...agent, subject: 'plugin:catalog' }] },
      'kubernetesAudit.agents.0.subject: ',
    ],
    [{ administrators: ['guest'] }, 'kubernetesAudit.administrators.0: '],
    [{ credentials: { lifetime: '12' } }, 'credentials.lifetime: '],
    [
      { credentials: { userNameTemplate: '{nick}' } },
      'credentials.userNameTemplate: placeholders are',
    ],
    [
      { credentials: { userNamePrefix: 'system:' } },
      'credentials.userNamePrefix: must not',
    ],
    [{ keys: { rotation: '10m' } }, 'keys.rotation: '],
    [{ keys: { rotation: 'monthly' } }, 'keys.rotation: '],
    [
      {
        clusters: [
          { name: 'a', tags: {} },
          { name: 'a', tags: {} },
        ],
      },
      'kubernetesAudit.clusters: names of clusters must be',
    ],
    [{ clusters: [{ name: 'a', tag: {} }] }, 'kubernetesAudit.clusters.0'],
    [{ export: { encryption: 'maybe' } }, 'export.encryption: '],
    [{ recordings: { maxPlaybackSize: '1G' } }, 'recordings.maxPlaybackSize: '],
    [{ retention: { events: '1h' } }, 'retention.events: '],
  ])('refuses %j and names the key', (config, message) => {
    expect(() => read(config)).toThrow(message);
  });
});
