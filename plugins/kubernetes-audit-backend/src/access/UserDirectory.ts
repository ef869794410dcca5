import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  LoggerService,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { RoleSubject } from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';

/** What the portal knows of a user. */
export type User = {
  entityRef: string;
  /** The user itself and its groups. */
  ownershipEntityRefs: string[];
  email?: string;
  displayName?: string;
};

/** What the catalog alone knows of a user. */
export type CatalogUser = Omit<User, 'entityRef'>;

/** Relations of an entity that make it a member of another, and the other way round. */
const MEMBER_OF = 'memberOf';
const HAS_MEMBER = 'hasMember';
/** Members of a group that are named at the most. */
const MAX_MEMBERS = 100;

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

  /**
   * A user as sign-ins see one by default: with the groups that it is a direct
   * member of. Undefined when there is no such entity.
   *
   * @throws Error when the catalog cannot be asked
   */
  async readCatalogUser(entityRef: string): Promise<CatalogUser | undefined> {
    const entity = await this.#catalog.getEntityByRef(entityRef, {
      credentials: await this.#auth.getOwnServiceCredentials(),
    });
    return (
      entity && {
        ownershipEntityRefs: [
          ...new Set([
            stringifyEntityRef(entity),
            ...targetsOf(entity, MEMBER_OF),
          ]),
        ],
        ...userSpecSchema.safeParse(entity.spec).data?.profile,
      }
    );
  }

  /** What the catalog knows of users and groups, in their order. */
  async describeSubjects(
    entityRefs: readonly string[],
  ): Promise<RoleSubject[]> {
    try {
      const { items } = await this.#catalog.getEntitiesByRefs(
        { entityRefs: [...entityRefs] },
        { credentials: await this.#auth.getOwnServiceCredentials() },
      );
      return entityRefs.map((entityRef, index) =>
        toSubject(entityRef, items[index]),
      );
    } catch (error) {
      this.#logger.warn('The catalog could not be asked for who has roles', {
        cause: String(error),
      });
      return entityRefs.map(entityRef => ({ entityRef }));
    }
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

function targetsOf(entity: Entity, type: string): string[] {
  return (entity.relations ?? [])
    .filter(relation => relation.type === type)
    .map(({ targetRef }) => targetRef);
}

function toSubject(entityRef: string, entity: Entity | undefined): RoleSubject {
  if (!entity) {
    return { entityRef, isKnown: false };
  }
  const displayName = userSpecSchema.safeParse(entity.spec).data?.profile
    ?.displayName;
  if (entity.kind.toLowerCase() !== 'group') {
    return { entityRef, displayName, isKnown: true };
  }
  const members = targetsOf(entity, HAS_MEMBER);
  return {
    entityRef,
    displayName,
    isKnown: true,
    members: members.slice(0, MAX_MEMBERS),
    memberCount: members.length,
  };
}
