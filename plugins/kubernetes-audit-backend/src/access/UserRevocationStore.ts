import type { Knex } from 'knex';
import type {
  PolicyBundle,
  UserRevocation,
} from 'backstage-plugin-kubernetes-audit-common';
import { EXPIRY_GRACE_MS } from './CredentialStore';

type UserRevocationRow = {
  /** In lower case. */
  user_entity_ref: string;
  /** Seconds since 1970. */
  issued_before: number | string;
  revoked_at: number | string;
  expires_at: number | string;
};

/** Takes back all credentials of a user at once. */
export interface UserRevocationStore {
  /**
   * Revokes what was issued to the user until now.
   *
   * @param lifetimeMs - how long credentials are valid at present: those that the store has never seen are taken back too
   */
  revoke(
    userEntityRef: string,
    at: Date,
    lifetimeMs: number,
  ): Promise<UserRevocation>;

  /** Those that still take something back, by user. */
  list(at: Date): Promise<UserRevocation[]>;

  /** The same as the policy bundle has them. */
  listForBundle(at: Date): Promise<PolicyBundle['revocations']['users']>;

  /** Forgets that of a user once it takes nothing back any more. */
  forget(userEntityRef: string, at: Date): Promise<void>;

  /** Credentials of the user with an earlier `iat` are revoked; in seconds since 1970. */
  issuedBefore(userEntityRef: string): Promise<number | undefined>;
}

/** Keeps revocations of users in the database. */
export class DatabaseUserRevocationStore implements UserRevocationStore {
  static create(knex: Knex): DatabaseUserRevocationStore {
    return new DatabaseUserRevocationStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async revoke(
    userEntityRef: string,
    at: Date,
    lifetimeMs: number,
  ): Promise<UserRevocation> {
    const user = userEntityRef.toLowerCase();
    const now = at.getTime();
    return this.knex.transaction(async transaction => {
      const table = () => transaction<UserRevocationRow>('user_revocations');
      await table().where('expires_at', '<=', now).delete();

      const credentials = () =>
        transaction('credentials').where('user_entity_ref', user);
      const [newest] = await credentials()
        .max({ issuedAt: 'issued_at' })
        .max({ expiresAt: 'expires_at' });
      const before = await table().where('user_entity_ref', user).first();
      // Whole seconds, as `iat` has them: the one that has begun counts too.
      // Another replica's clock may be ahead, hence the look at what was issued.
      const lastIssue = Math.max(now, Number(newest.issuedAt ?? 0));
      const row = {
        user_entity_ref: user,
        issued_before: Math.max(
          Math.floor(lastIssue / 1000) + 1,
          Number(before?.issued_before ?? 0),
        ),
        revoked_at: now,
        expires_at:
          Math.max(now + lifetimeMs, Number(newest.expiresAt ?? 0)) +
          EXPIRY_GRACE_MS,
      };
      await table().insert(row).onConflict('user_entity_ref').merge();
      await credentials()
        .whereNull('revoked_at')
        .where('expires_at', '>', now)
        .update({ revoked_at: now });
      return toUserRevocation(row);
    });
  }

  async list(at: Date): Promise<UserRevocation[]> {
    return (await this.#rows(at)).map(toUserRevocation);
  }

  async listForBundle(at: Date): Promise<PolicyBundle['revocations']['users']> {
    return (await this.#rows(at)).map(row => ({
      entityRef: row.user_entity_ref,
      issuedBefore: Number(row.issued_before),
    }));
  }

  async forget(userEntityRef: string, at: Date): Promise<void> {
    await this.knex<UserRevocationRow>('user_revocations')
      .where('user_entity_ref', userEntityRef.toLowerCase())
      .where('expires_at', '<=', at.getTime())
      .delete();
  }

  async issuedBefore(userEntityRef: string): Promise<number | undefined> {
    const row = await this.knex<UserRevocationRow>('user_revocations')
      .where('user_entity_ref', userEntityRef.toLowerCase())
      .first();
    return row && Number(row.issued_before);
  }

  async #rows(at: Date): Promise<UserRevocationRow[]> {
    return this.knex<UserRevocationRow>('user_revocations')
      .where('expires_at', '>', at.getTime())
      .orderBy('user_entity_ref');
  }
}

function toUserRevocation(row: UserRevocationRow): UserRevocation {
  return {
    userEntityRef: row.user_entity_ref,
    revokedAt: new Date(Number(row.revoked_at)).toISOString(),
    expiresAt: new Date(Number(row.expires_at)).toISOString(),
  };
}
