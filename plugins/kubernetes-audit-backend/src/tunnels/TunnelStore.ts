import type { Knex } from 'knex';
import type {
  PublicKey,
  TunnelAgent,
  TunnelJoined,
} from 'backstage-plugin-kubernetes-audit-common';

/** What a join token fixes, and what its use is checked against. */
export type StoredJoinToken = TunnelJoined & {
  id: string;
  /** Its secret, encrypted. */
  secretBox: string;
  createdBy: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Thumbprint of the key that it was used with. */
  usedBy?: string;
};

/** An agent that has joined and was not revoked. */
export type JoinedTunnelAgent = TunnelAgent & { joinedAt: string };

type TokenRow = {
  id: string;
  secret_box: string;
  name: string;
  tags: string;
  clusters: string;
  created_by: string;
  expires_at: number | string;
  used_by: string | null;
};

type AgentRow = {
  name: string;
  tags: string;
  clusters: string;
  public_key: string;
  joined_at: number | string;
  revoked_at: number | string | null;
};

/** Keeps join tokens and the agents that have joined. */
export interface TunnelStore {
  addToken(token: StoredJoinToken): Promise<void>;

  getToken(id: string): Promise<StoredJoinToken | undefined>;

  /** Those that were not used and have not expired; the one that ends first is the first. */
  listPending(at: Date): Promise<StoredJoinToken[]>;

  /** @returns false when there is no such token, or it was used */
  removeUnused(id: string): Promise<boolean>;

  /**
   * Uses a token up for a key, and makes the agent of it; one of the same name
   * has this key from then on.
   *
   * @returns false when the token was used up with another key, or the agent that it has made is no more
   */
  join(token: StoredJoinToken, key: PublicKey, at: Date): Promise<boolean>;

  /** @returns false when there is no such agent */
  revoke(name: string, at: Date): Promise<boolean>;

  /** Those that may connect, by name. */
  list(): Promise<JoinedTunnelAgent[]>;

  /** Forgets the tokens that expired before a time. */
  removeExpired(before: Date): Promise<void>;

  /**
   * Takes a user out of the tokens that it has made.
   *
   * @returns how many there were
   */
  eraseUser(userEntityRef: string, pseudonym: string): Promise<number>;
}

/** Keeps them in the database. */
export class DatabaseTunnelStore implements TunnelStore {
  static create(knex: Knex): DatabaseTunnelStore {
    return new DatabaseTunnelStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async addToken(token: StoredJoinToken): Promise<void> {
    await this.knex<TokenRow>('tunnel_join_tokens').insert({
      id: token.id,
      secret_box: token.secretBox,
      name: token.name,
      tags: JSON.stringify(token.tags),
      clusters: JSON.stringify(token.clusters),
      created_by: token.createdBy,
      expires_at: token.expiresAt,
    });
  }

  async getToken(id: string): Promise<StoredJoinToken | undefined> {
    const row = await this.knex<TokenRow>('tunnel_join_tokens')
      .where('id', id)
      .first();
    return row && tokenOf(row);
  }

  async listPending(at: Date): Promise<StoredJoinToken[]> {
    const rows = await this.knex<TokenRow>('tunnel_join_tokens')
      .whereNull('used_by')
      .where('expires_at', '>', at.getTime())
      .orderBy(['expires_at', 'id']);
    return rows.map(tokenOf);
  }

  async removeUnused(id: string): Promise<boolean> {
    const removed = await this.knex<TokenRow>('tunnel_join_tokens')
      .where('id', id)
      .whereNull('used_by')
      .delete();
    return removed > 0;
  }

  async join(
    { id, name, tags, clusters }: StoredJoinToken,
    key: PublicKey,
    at: Date,
  ): Promise<boolean> {
    return this.knex.transaction(async transaction => {
      const used = await transaction<TokenRow>('tunnel_join_tokens')
        .where('id', id)
        .whereNull('used_by')
        .update({ used_by: key.kid });
      if (used === 0) {
        // The agent may not have got the answer, and ask again.
        const row = await transaction<TokenRow>('tunnel_join_tokens')
          .where({ id, used_by: key.kid })
          .first();
        const agent = await transaction<AgentRow>('tunnel_agents')
          .where('name', name)
          .whereNull('revoked_at')
          .first();
        return (
          row !== undefined &&
          agent !== undefined &&
          keyOf(agent).kid === key.kid
        );
      }
      await transaction<AgentRow>('tunnel_agents')
        .insert({
          name,
          tags: JSON.stringify(tags),
          clusters: JSON.stringify(clusters),
          public_key: JSON.stringify(key),
          joined_at: at.getTime(),
          revoked_at: null,
        })
        .onConflict('name')
        .merge();
      return true;
    });
  }

  async revoke(name: string, at: Date): Promise<boolean> {
    const revoked = await this.knex<AgentRow>('tunnel_agents')
      .where('name', name)
      .whereNull('revoked_at')
      .update({ revoked_at: at.getTime() });
    return revoked > 0;
  }

  async list(): Promise<JoinedTunnelAgent[]> {
    const rows = await this.knex<AgentRow>('tunnel_agents')
      .whereNull('revoked_at')
      .orderBy('name');
    return rows.map(row => ({
      name: row.name,
      tags: JSON.parse(row.tags),
      clusters: JSON.parse(row.clusters),
      key: keyOf(row),
      joinedAt: new Date(Number(row.joined_at)).toISOString(),
    }));
  }

  async removeExpired(before: Date): Promise<void> {
    await this.knex<TokenRow>('tunnel_join_tokens')
      .where('expires_at', '<', before.getTime())
      .delete();
  }

  async eraseUser(userEntityRef: string, pseudonym: string): Promise<number> {
    const erased: number = await this.knex<TokenRow>('tunnel_join_tokens')
      .whereRaw('lower(created_by) = ?', [userEntityRef.toLowerCase()])
      .update({ created_by: pseudonym });
    return erased;
  }
}

function keyOf(row: AgentRow): PublicKey {
  return JSON.parse(row.public_key);
}

function tokenOf(row: TokenRow): StoredJoinToken {
  return {
    id: row.id,
    secretBox: row.secret_box,
    name: row.name,
    tags: JSON.parse(row.tags),
    clusters: JSON.parse(row.clusters),
    createdBy: row.created_by,
    expiresAt: Number(row.expires_at),
    ...(row.used_by !== null && { usedBy: row.used_by }),
  };
}
