import type {
  BackstageCredentials,
  BackstageUserPrincipal,
  PermissionsService,
  RootConfigService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { FilterPredicate } from '@backstage/filter-predicates';
import {
  AuthorizeResult,
  BasicPermission,
  Permission,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import { accessUsePermission } from 'backstage-plugin-kubernetes-audit-common';
import { toFilter } from './toFilter';

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

  /**
   * Which of the resources of a kind the user may see; undefined means all.
   *
   * @returns a filter over their fields
   * @throws NotAllowedError when the user may see none, whatever they are
   */
  visible(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: ResourcePermission,
  ): Promise<FilterPredicate | undefined>;
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
      return this.#isAdministrator(credentials);
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
      throw this.#refusal(permission);
    }
  }

  async visible(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    permission: ResourcePermission,
  ): Promise<FilterPredicate | undefined> {
    if (!this.#permissionsEnabled) {
      if (!this.#isAdministrator(credentials)) {
        throw this.#refusal(permission);
      }
      return undefined;
    }
    const [decision] = await this.#permissions.authorizeConditional(
      [{ permission }],
      { credentials },
    );
    switch (decision.result) {
      case AuthorizeResult.ALLOW:
        return undefined;
      case AuthorizeResult.CONDITIONAL:
        return toFilter(permission.resourceType, decision.conditions);
      default:
        throw this.#refusal(permission);
    }
  }

  #isAdministrator({
    principal,
  }: BackstageCredentials<BackstageUserPrincipal>): boolean {
    return this.#administrators.has(principal.userEntityRef.toLowerCase());
  }

  #refusal(permission: Permission): NotAllowedError {
    return new NotAllowedError(
      this.#permissionsEnabled
        ? `You do not have the permission ${permission.name}`
        : 'You are not one of kubernetesAudit.administrators',
    );
  }
}
