import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  accessUsePermission,
  kubernetesAuditPermissions,
  requestAuditReadPermission,
} from 'backstage-plugin-kubernetes-audit-common';
import { PermissionAuthorizer } from './Authorizer';

const { ALLOW, DENY } = AuthorizeResult;

function authorizerOf(options: {
  enabled?: boolean;
  result: AuthorizeResult.ALLOW | AuthorizeResult.DENY;
}) {
  return PermissionAuthorizer.create({
    permissions: mockServices.permissions({ result: options.result }),
    config: mockServices.rootConfig({
      data:
        options.enabled === undefined
          ? {}
          : { permission: { enabled: options.enabled } },
    }),
    administrators: ['user:default/Admin'],
  });
}

const admin = mockCredentials.user('user:default/admin');
const other = mockCredentials.user('user:default/other');
const administrative = kubernetesAuditPermissions.filter(
  permission => permission !== accessUsePermission,
);
const notAllowed = expect.objectContaining({ name: 'NotAllowedError' });

describe('PermissionAuthorizer', () => {
  it('does what the permission framework says', async () => {
    const allowing = authorizerOf({ enabled: true, result: ALLOW });
    await allowing.require(other, requestAuditReadPermission);
    const denying = authorizerOf({ enabled: true, result: DENY });
    for (const permission of kubernetesAuditPermissions) {
      // Administrators of the configuration count for nothing here.
      await expect(denying.require(admin, permission)).rejects.toThrow(
        notAllowed,
      );
    }
  });

  it.each([false, undefined])(
    'lets only administrators in where permission.enabled is %p',
    async enabled => {
      const authorizer = authorizerOf({ enabled, result: ALLOW });
      for (const permission of kubernetesAuditPermissions) {
        await authorizer.require(admin, permission);
      }
      for (const permission of administrative) {
        await expect(authorizer.require(other, permission)).rejects.toThrow(
          notAllowed,
        );
      }
      await authorizer.require(other, accessUsePermission);
    },
  );
});
