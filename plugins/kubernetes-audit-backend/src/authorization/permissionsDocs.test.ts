import {
  AuthorizeResult,
  Permission,
} from '@backstage/plugin-permission-common';
import type { PolicyQueryUser } from '@backstage/plugin-permission-node';
import {
  kubernetesAuditPermissions,
  recordingViewPermission,
  requestAuditViewPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TeamAuditPolicy } from './__testUtils__/TeamAuditPolicy';

const DOCS = readFileSync(
  resolve(__dirname, '../../../../docs/permissions.md'),
  'utf8',
);

function user(...groups: string[]): PolicyQueryUser {
  const userEntityRef = 'user:default/jane';
  return {
    info: { userEntityRef, ownershipEntityRefs: [userEntityRef, ...groups] },
  } as PolicyQueryUser;
}

const decide = (permission: Permission, who: PolicyQueryUser) =>
  new TeamAuditPolicy().handle({ permission }, who);

describe('docs/permissions.md', () => {
  it('has each permission, and no other', () => {
    const documented = [
      ...DOCS.matchAll(/^\| `(kubernetes-audit\.[\w.-]+)`/gm),
    ].map(([, name]) => name);
    expect(documented.sort()).toEqual(
      [
        ...kubernetesAuditPermissions,
        requestAuditViewPermission,
        recordingViewPermission,
      ]
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('shows the policy that is tested here', () => {
    const code = readFileSync(
      join(__dirname, '__testUtils__/TeamAuditPolicy.ts'),
      'utf8',
    );
    expect(DOCS).toContain(`\`\`\`ts\n${code}\`\`\``);
  });
});

describe('the policy of docs/permissions.md', () => {
  it('lets administrators do everything', async () => {
    for (const permission of [
      ...kubernetesAuditPermissions,
      requestAuditViewPermission,
    ]) {
      expect(
        await decide(permission, user('group:default/platform-admins')),
      ).toEqual({ result: AuthorizeResult.ALLOW });
    }
  });

  it('lets others open the pages and get a kubeconfig, and no more', async () => {
    const allowed = [];
    for (const permission of kubernetesAuditPermissions) {
      const { result } = await decide(permission, user());
      if (result === AuthorizeResult.ALLOW) {
        allowed.push(permission.name);
      }
    }
    expect(allowed.sort()).toEqual([
      'kubernetes-audit.access.use',
      'kubernetes-audit.event.read',
      'kubernetes-audit.recording.play',
      'kubernetes-audit.recording.read',
    ]);
  });

  it.each([
    ['their own calls', [], []],
    [
      "and those of their team's namespaces",
      ['group:default/payments'],
      ['payments', 'payments-test'],
    ],
  ])('shows others %s', async (_, groups, namespaces) => {
    const decision = await decide(requestAuditViewPermission, user(...groups));
    expect(decision).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      conditions: {
        anyOf: [
          { params: { userEntityRefs: ['user:default/jane'] } },
          { params: { namespaces } },
        ],
      },
    });
  });
});
