import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  LoggerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { z } from 'zod';

/** What the portal knows of a user. */
export type User = {
  entityRef: string;
  /** The user itself and its groups. */
  ownershipEntityRefs: string[];
  email?: string;
  displayName?: string;
};

const userSpecSchema = z.object({
  profile: z
    .object({
      email: z.string().optional(),
      displayName: z.string().optional(),
    })
    .optional(),
});

/** Knows users from their sign-in and from the catalog. */
export class UserDirectory {
  readonly #auth: AuthService;
  readonly #userInfo: UserInfoService;
  readonly #catalog: CatalogService;
  readonly #logger: LoggerService;

  static create(options: {
    auth: AuthService;
    userInfo: UserInfoService;
    catalog: CatalogService;
    logger: LoggerService;
  }): UserDirectory {
    return new UserDirectory(options);
  }

  private constructor(options: {
    auth: AuthService;
    userInfo: UserInfoService;
    catalog: CatalogService;
    logger: LoggerService;
  }) {
    this.#auth = options.auth;
    this.#userInfo = options.userInfo;
    this.#catalog = options.catalog;
    this.#logger = options.logger;
  }

  /** The user itself and its groups. */
  async getOwnershipEntityRefs(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<string[]> {
    const { ownershipEntityRefs } = await this.#userInfo.getUserInfo(
      credentials,
    );
    return [
      ...new Set([credentials.principal.userEntityRef, ...ownershipEntityRefs]),
    ];
  }

  /** A user without an entity in the catalog has neither e-mail nor display name. */
  async getUser(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<User> {
    const entityRef = credentials.principal.userEntityRef;
    const [ownershipEntityRefs, profile] = await Promise.all([
      this.getOwnershipEntityRefs(credentials),
      this.#getProfile(entityRef),
    ]);
    return { entityRef, ownershipEntityRefs, ...profile };
  }

  async #getProfile(
    entityRef: string,
  ): Promise<{ email?: string; displayName?: string }> {
    try {
      const entity = await this.#catalog.getEntityByRef(entityRef, {
        credentials: await this.#auth.getOwnServiceCredentials(),
      });
      return userSpecSchema.safeParse(entity?.spec).data?.profile ?? {};
    } catch (error) {
      // The catalog only adds to what is known: access does not depend on it.
      this.#logger.warn(`The catalog could not be asked for ${entityRef}`, {
        cause: String(error),
      });
      return {};
    }
  }
}
