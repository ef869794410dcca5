import type { Knex } from 'knex';
import type {
  Credential,
  CredentialListState,
  CredentialPage,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import {
  LIKE_ESCAPE,
  likePattern,
  PageRequest,
  readKeysetPage,
} from '../database';

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
  kind: Credential['kind'];
  host_name: string | null;
  client_ip: string | null;
  last_used_at: number | string | null;
};

/** A credential of a kubeconfig unless it says otherwise. */
export type NewCredential = Omit<Credential, 'kind'> &
  Partial<Pick<Credential, 'kind'>>;

/** Which credentials are asked for: those that all that is given applies to. */
export type CredentialQuery = PageRequest & {
  userEntityRef?: string;
  /** A part of the user's entity ref, in any case. */
  search?: string;
  state?: CredentialListState;
};

/** Keeps which credentials were issued, never the credentials themselves. */
export interface CredentialStore {
  add(credential: NewCredential): Promise<void>;

  get(id: string): Promise<Credential | undefined>;

  /**
   * The newest first, unless asked otherwise.
   *
   * @param now - by it the state is told
   * @throws InputError when the cursor is not ours
   */
  list(query: CredentialQuery, now: Date): Promise<CredentialPage>;

  /** The first revocation counts. */
  revoke(id: string, revokedAt: Date): Promise<void>;

  /**
   * Takes a user out of its credentials; those that are valid are revoked.
   *
   * @param options.pseudonym - the user that they have then
   * @returns how many there were
   */
  eraseUser(
    userEntityRef: string,
    options: { pseudonym: string; at: Date },
  ): Promise<number>;

  /** The latest use counts, none after now; what is not known is passed over. */
  noteUses(
    uses: readonly { id: string; usedAt: Date }[],
    now: Date,
  ): Promise<void>;

  /** Ids, in order, of those that were revoked one by one and would still be valid at a time. */
  listRevoked(at: Date): Promise<string[]>;

  /** When the last of those expires that were issued until a time. */
  lastExpiry(issuedUntil: Date): Promise<Date | undefined>;

  /**
   * Forgets those that expired before a time, the oldest first.
   *
   * @param limit - of those that were revoked, and of those that were not
   * @returns how many there were
   */
  removeExpired(before: Date, limit: number): Promise<number>;
}

/** Others cannot be looked up by Postgres. */
const isId = (text: string) => z.uuid().safeParse(text).success;

/** Keeps credentials in the database. */
export class DatabaseCredentialStore implements CredentialStore {
  static create(knex: Knex): DatabaseCredentialStore {
    return new DatabaseCredentialStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async add(credential: NewCredential): Promise<void> {
    await this.knex<CredentialRow>('credentials').insert({
      id: credential.id,
      user_entity_ref: credential.userEntityRef.toLowerCase(),
      issued_at: Date.parse(credential.issuedAt),
      expires_at: Date.parse(credential.expiresAt),
      kind: credential.kind ?? 'kubeconfig',
      host_name: credential.hostName ?? null,
      client_ip: credential.clientIp ?? null,
    });
  }

  async get(id: string): Promise<Credential | undefined> {
    const row = await this.knex<CredentialRow>('credentials')
      .where('id', id.toLowerCase())
      .first();
    return row && toCredential(row);
  }

  async list(
    { userEntityRef, search, state, ...page }: CredentialQuery,
    now: Date,
  ): Promise<CredentialPage> {
    const query = this.knex<CredentialRow>('credentials');
    if (userEntityRef !== undefined) {
      query.where('user_entity_ref', userEntityRef.toLowerCase());
    }
    if (search !== undefined) {
      const part = likePattern(search.trim().toLowerCase());
      query.whereRaw(`user_entity_ref LIKE ? ESCAPE '${LIKE_ESCAPE}'`, [
        `%${part}%`,
      ]);
    }
    if (state === 'valid') {
      query.whereNull('revoked_at').where('expires_at', '>', now.getTime());
    } else if (state === 'ended') {
      query.where(ended =>
        ended
          .whereNotNull('revoked_at')
          .orWhere('expires_at', '<=', now.getTime()),
      );
    }
    const { rows, ...cursors } = await readKeysetPage<
      CredentialRow,
      'issued_at'
    >(query, 'issued_at', page);
    return { items: rows.map(toCredential), ...cursors };
  }

  async revoke(id: string, revokedAt: Date): Promise<void> {
    await this.knex<CredentialRow>('credentials')
      .where('id', id.toLowerCase())
      .whereNull('revoked_at')
      .update({ revoked_at: revokedAt.getTime() });
  }

  async eraseUser(
    userEntityRef: string,
    { pseudonym, at }: { pseudonym: string; at: Date },
  ): Promise<number> {
    return this.knex.transaction(async transaction => {
      const credentials = () =>
        transaction<CredentialRow>('credentials').where(
          'user_entity_ref',
          userEntityRef.toLowerCase(),
        );
      await credentials()
        .whereNull('revoked_at')
        .where('expires_at', '>', at.getTime())
        .update({ revoked_at: at.getTime() });
      // The rows stay: by their ids proxies are told what is revoked.
      const erased: number = await credentials().update({
        user_entity_ref: pseudonym,
        host_name: null,
        client_ip: null,
      });
      return erased;
    });
  }

  async noteUses(
    uses: readonly { id: string; usedAt: Date }[],
    now: Date,
  ): Promise<void> {
    for (const { id, usedAt } of uses.filter(use => isId(use.id))) {
      const at = Math.min(usedAt.getTime(), now.getTime());
      await this.knex<CredentialRow>('credentials')
        .where('id', id.toLowerCase())
        .where(query =>
          query.whereNull('last_used_at').orWhere('last_used_at', '<', at),
        )
        .update({ last_used_at: at });
    }
  }

  async listRevoked(at: Date): Promise<string[]> {
    const rows = await this.knex<CredentialRow>('credentials')
      .whereNotNull('revoked_at')
      .where('expires_at', '>', at.getTime() - EXPIRY_GRACE_MS)
      .where(query =>
        query
          // Its tokens are newer than it is: no time tells them all.
          .where('kind', 'login')
          // One entry of the user stands for all of these.
          .orWhereNotExists(revocation =>
            revocation
              .from('user_revocations')
              .whereRaw(
                'user_revocations.user_entity_ref = credentials.user_entity_ref',
              )
              .whereRaw(
                'user_revocations.issued_before * 1000 > credentials.issued_at',
              )
              .where('user_revocations.expires_at', '>', at.getTime()),
          ),
      )
      .select('id');
    // Not by the database: SQLite would read all for the sake of the order.
    return rows.map(({ id }) => id).sort();
  }

  async lastExpiry(issuedUntil: Date): Promise<Date | undefined> {
    const [row] = await this.knex<CredentialRow>('credentials')
      .where('issued_at', '<=', issuedUntil.getTime())
      .max({ expiresAt: 'expires_at' });
    return row.expiresAt === null ? undefined : new Date(Number(row.expiresAt));
  }

  async removeExpired(before: Date, limit: number): Promise<number> {
    const expired = () =>
      this.knex<CredentialRow>('credentials')
        .where('expires_at', '<', before.getTime())
        .orderBy('expires_at')
        .limit(limit)
        .select('id');
    let removed = 0;
    // Each has an index of its own.
    for (const some of [
      expired().whereNull('revoked_at'),
      expired().whereNotNull('revoked_at'),
    ]) {
      const count: number = await this.knex<CredentialRow>('credentials')
        .whereIn('id', some)
        .delete();
      removed += count;
    }
    return removed;
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
    kind: row.kind,
    ...(row.last_used_at !== null && { lastUsedAt: iso(row.last_used_at) }),
    ...(row.host_name !== null && { hostName: row.host_name }),
    ...(row.client_ip !== null && { clientIp: row.client_ip }),
  };
}
