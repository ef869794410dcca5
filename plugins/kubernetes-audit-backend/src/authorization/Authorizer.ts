import type {
  BackstageCredentials,
  BackstageUserPrincipal,
  PermissionsService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  BasicPermission,
} from '@backstage/plugin-permission-common';
import { accessUsePermission } from 'backstage-plugin-kubernetes-audit-common';

/** Permissions that concern the caller alone: without a permission framework everyone has them. */
const PERSONAL_PERMISSIONS: ReadonlySet<string> = new Set([
  accessUsePermission.name,
]);

/** Decides what a user may do in the portal. */
export interface Authorizer {
  /** Whether the user has the permission. */
  isAllowed(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: BasicPermission,
  ): Promise<boolean>;

  /**
   * @throws NotAllowedError when the user does not have the permission
   */
  require(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: BasicPermission,
  ): Promise<void>;
}

/**
 * Asks the host's permission framework. Where that is switched off it would
 * allow everything to everybody, so then the administrators of the
 * configuration have the permissions, and everyone the personal ones.
 */
export class PermissionAuthorizer implements Authorizer {
  readonly #permissions: PermissionsService;
  readonly #permissionsEnabled: boolean;
  readonly #administrators: ReadonlySet<string>;

  static create(options: {
    permissions: PermissionsService;
    config: RootConfigService;
    /** Entity refs of users. */
    administrators: readonly string[];
  }): PermissionAuthorizer {
    return new PermissionAuthorizer(
      options.permissions,
      options.config.getOptionalBoolean('permission.enabled') ?? false,
      new Set(options.administrators.map(ref => ref.toLowerCase())),
    );
  }

  private constructor(
    permissions: PermissionsService,
    permissionsEnabled: boolean,
    administrators: ReadonlySet<string>,
  ) {
    this.#permissions = permissions;
    this.#permissionsEnabled = permissionsEnabled;
    this.#administrators = administrators;
  }

  async isAllowed(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: BasicPermission,
  ): Promise<boolean> {
    if (
      !this.#permissionsEnabled &&
      !PERSONAL_PERMISSIONS.has(permission.name)
    ) {
      const { userEntityRef } = credentials.principal;
      return this.#administrators.has(userEntityRef.toLowerCase());
    }
    const [{ result }] = await this.#permissions.authorize([{ permission }], {
      credentials,
    });
    return result === AuthorizeResult.ALLOW;
  }

  async require(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: BasicPermission,
  ): Promise<void> {
    if (!(await this.isAllowed(credentials, permission))) {
      throw new NotAllowedError(
        this.#permissionsEnabled
          ? `You do not have the permission ${permission.name}`
          : 'You are not one of kubernetesAudit.administrators',
      );
    }
  }
}
