import type { Knex } from 'knex';
import type { Credential } from 'backstage-plugin-kubernetes-audit-common';

/**
 * A proxy whose clock is behind accepts a credential for longer, so it stays
 * revoked for so long after it has expired, in milliseconds.
 */
export const EXPIRY_GRACE_MS = 10 * 60_000;

type CredentialRow = {
  id: string;
  /** In lower case. */
  user_entity_ref: string;
  issued_at: number | string;
  expires_at: number | string;
  revoked_at: number | string | null;
};

/** Keeps which credentials were issued, never the credentials themselves. */
export interface CredentialStore {
  add(credential: Credential): Promise<void>;

  get(id: string): Promise<Credential | undefined>;

  /** Newest first; all users' without a user. */
  list(userEntityRef?: string): Promise<Credential[]>;

  /** The first revocation counts. */
  revoke(id: string, revokedAt: Date): Promise<void>;

  /** Ids, in order, of those that were revoked one by one and would still be valid at a time. */
  listRevoked(at: Date): Promise<string[]>;

  /** When the last of those expires that were issued until a time. */
  lastExpiry(issuedUntil: Date): Promise<Date | undefined>;
}

/** Keeps credentials in the database. */
export class DatabaseCredentialStore implements CredentialStore {
  static create(knex: Knex): DatabaseCredentialStore {
    return new DatabaseCredentialStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async add(credential: Credential): Promise<void> {
    await this.knex<CredentialRow>('credentials').insert({
      id: credential.id,
      user_entity_ref: credential.userEntityRef.toLowerCase(),
      issued_at: Date.parse(credential.issuedAt),
      expires_at: Date.parse(credential.expiresAt),
    });
  }

  async get(id: string): Promise<Credential | undefined> {
    const row = await this.knex<CredentialRow>('credentials')
      .where('id', id.toLowerCase())
      .first();
    return row && toCredential(row);
  }

  async list(userEntityRef?: string): Promise<Credential[]> {
    const query = this.knex<CredentialRow>('credentials').orderBy([
      { column: 'issued_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ]);
    if (userEntityRef !== undefined) {
      query.where('user_entity_ref', userEntityRef.toLowerCase());
    }
    return (await query).map(toCredential);
  }

  async revoke(id: string, revokedAt: Date): Promise<void> {
    await this.knex<CredentialRow>('credentials')
      .where('id', id.toLowerCase())
      .whereNull('revoked_at')
      .update({ revoked_at: revokedAt.getTime() });
  }

  async listRevoked(at: Date): Promise<string[]> {
    const rows = await this.knex<CredentialRow>('credentials')
      .whereNotNull('revoked_at')
      .where('expires_at', '>', at.getTime() - EXPIRY_GRACE_MS)
      // One entry of the user stands for all of these.
      .whereNotExists(revocation =>
        revocation
          .from('user_revocations')
          .whereRaw(
            'user_revocations.user_entity_ref = credentials.user_entity_ref',
          )
          .whereRaw(
            'user_revocations.issued_before * 1000 > credentials.issued_at',
          )
          .where('user_revocations.expires_at', '>', at.getTime()),
      )
      .orderBy('id')
      .select('id');
    return rows.map(({ id }) => id);
  }

  async lastExpiry(issuedUntil: Date): Promise<Date | undefined> {
    const [row] = await this.knex<CredentialRow>('credentials')
      .where('issued_at', '<=', issuedUntil.getTime())
      .max({ expiresAt: 'expires_at' });
    return row.expiresAt === null ? undefined : new Date(Number(row.expiresAt));
  }
}

function toCredential(row: CredentialRow): Credential {
  const iso = (time: number | string) => new Date(Number(time)).toISOString();
  return {
    id: row.id,
    userEntityRef: row.user_entity_ref,
    issuedAt: iso(row.issued_at),
    expiresAt: iso(row.expires_at),
    ...(row.revoked_at !== null && { revokedAt: iso(row.revoked_at) }),
  };
}
