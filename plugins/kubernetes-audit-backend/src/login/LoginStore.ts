import type { Knex } from 'knex';
import { z } from 'zod';
import { LIKE_ESCAPE, likePattern } from '../database';
import { networkOf } from './networkOf';

const identitySchema = z.object({
  entityRef: z.string(),
  /** What the user is called in the clusters. */
  kubernetesUser: z.string(),
  email: z.string().optional(),
  displayName: z.string().optional(),
  /** The user itself and its groups, as they count. */
  groups: z.array(z.string()),
  /** The same as the sign-in of who approved gave them. */
  signInGroups: z.array(z.string()),
  /** Those of the catalog at that time; absent for who has no entity there. */
  catalogGroups: z.array(z.string()).optional(),
});

/** For whom tokens are made. */
export type LoginIdentity = z.infer<typeof identitySchema>;

/** A command line that waits to be approved. */
export type LoginRequest = {
  id: string;
  deviceHash: string;
  userCodeHash: string;
  hostName: string;
  clientIp: string;
  /** Milliseconds since 1970, as all times here. */
  createdAt: number;
  expiresAt: number;
};

/** What has become of a {@link LoginRequest}. */
export type KeptLoginRequest = LoginRequest &
  (
    | { state: 'pending' | 'denied' }
    | { state: 'approved'; approvedAt: number; identity: LoginIdentity }
  );

/** A command line that was approved. */
export type Login = {
  id: string;
  credentialId: string;
  identity: LoginIdentity;
  secretHash: string;
  previousHash?: string;
  rotatedAt: number;
  groupsReadAt: number;
  expiresAt: number;
};

/** Keeps logins and those who ask for one. */
export interface LoginStore {
  /** @returns false when so many wait already */
  addRequest(
    request: LoginRequest,
    limits: { perAddress: number; total: number },
  ): Promise<boolean>;

  /** One that is not over, whatever became of it. */
  getRequest(id: string, now: number): Promise<KeptLoginRequest | undefined>;

  /** One that is not over and not decided. */
  findPending(
    userCodeHash: string,
    now: number,
  ): Promise<KeptLoginRequest | undefined>;

  /** @returns false when the last poll is newer than `earliest` */
  notePoll(id: string, now: number, earliest: number): Promise<boolean>;

  /** @returns false when it is decided already */
  approve(
    id: string,
    approval: { identity: LoginIdentity; at: number },
  ): Promise<boolean>;

  /** @returns false when it is decided already */
  deny(id: string): Promise<boolean>;

  /** Removes it; true for one caller alone. */
  takeApproved(id: string): Promise<boolean>;

  addLogin(login: Login): Promise<void>;

  getLogin(id: string): Promise<Login | undefined>;

  /** @returns false when another renewal was quicker */
  renew(login: Login, expectedHash: string): Promise<boolean>;

  removeLogin(id: string): Promise<void>;

  /** Ends the logins of a user, and those that the user has approved. */
  removeUser(entityRef: string): Promise<void>;

  /** Forgets what is over. */
  prune(now: number): Promise<void>;
}

type RequestRow = {
  id: string;
  device_hash: string;
  user_code_hash: string;
  host_name: string;
  client_ip: string;
  created_at: number | string;
  expires_at: number | string;
  polled_at: number | string | null;
  state: 'pending' | 'approved' | 'denied';
  approved_at: number | string | null;
  identity: string | null;
};

type LoginRow = {
  id: string;
  credential_id: string;
  identity: string;
  secret_hash: string;
  previous_hash: string | null;
  rotated_at: number | string;
  groups_read_at: number | string;
  expires_at: number | string;
};

/** Keeps them in the database. */
export class DatabaseLoginStore implements LoginStore {
  static create(knex: Knex): DatabaseLoginStore {
    return new DatabaseLoginStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async addRequest(
    request: LoginRequest,
    limits: { perAddress: number; total: number },
  ): Promise<boolean> {
    const waiting = await this.#requests()
      .where('expires_at', '>', request.createdAt)
      .limit(limits.total)
      .select('client_ip');
    const network = networkOf(request.clientIp);
    const besides = waiting.filter(
      ({ client_ip: address }) => networkOf(address) === network,
    );
    if (waiting.length >= limits.total || besides.length >= limits.perAddress) {
      return false;
    }
    await this.#requests().insert({
      id: request.id,
      device_hash: request.deviceHash,
      user_code_hash: request.userCodeHash,
      host_name: request.hostName,
      client_ip: request.clientIp,
      created_at: request.createdAt,
      expires_at: request.expiresAt,
      state: 'pending',
    });
    return true;
  }

  async getRequest(
    id: string,
    now: number,
  ): Promise<KeptLoginRequest | undefined> {
    const row = await this.#requests()
      .where('id', id)
      .where('expires_at', '>', now)
      .first();
    return row && toRequest(row);
  }

  async findPending(
    userCodeHash: string,
    now: number,
  ): Promise<KeptLoginRequest | undefined> {
    const row = await this.#requests()
      .where({ user_code_hash: userCodeHash, state: 'pending' })
      .where('expires_at', '>', now)
      .first();
    return row && toRequest(row);
  }

  async notePoll(id: string, now: number, earliest: number): Promise<boolean> {
    const noted = await this.#requests()
      .where('id', id)
      .where(query =>
        query.whereNull('polled_at').orWhere('polled_at', '<=', earliest),
      )
      .update({ polled_at: now });
    return noted > 0;
  }

  async approve(
    id: string,
    approval: { identity: LoginIdentity; at: number },
  ): Promise<boolean> {
    const approved = await this.#requests()
      .where({ id, state: 'pending' })
      .where('expires_at', '>', approval.at)
      .update({
        state: 'approved',
        approved_at: approval.at,
        identity: JSON.stringify(approval.identity),
      });
    return approved > 0;
  }

  async deny(id: string): Promise<boolean> {
    const denied = await this.#requests()
      .where({ id, state: 'pending' })
      .update({ state: 'denied' });
    return denied > 0;
  }

  async takeApproved(id: string): Promise<boolean> {
    return (
      (await this.#requests().where({ id, state: 'approved' }).delete()) > 0
    );
  }

  async addLogin(login: Login): Promise<void> {
    await this.#logins().insert(toRow(login));
  }

  async getLogin(id: string): Promise<Login | undefined> {
    const row = await this.#logins().where('id', id).first();
    return row && toLogin(row);
  }

  async renew(login: Login, expectedHash: string): Promise<boolean> {
    const { id, ...row } = toRow(login);
    const renewed = await this.#logins()
      .where({ id, secret_hash: expectedHash })
      .update(row);
    return renewed > 0;
  }

  async removeLogin(id: string): Promise<void> {
    await this.#logins().where('id', id).delete();
  }

  async removeUser(entityRef: string): Promise<void> {
    const field = JSON.stringify({ entityRef }).slice(1, -1).toLowerCase();
    for (const table of ['login_requests', 'logins']) {
      await this.knex(table)
        .whereRaw(`lower(identity) LIKE ? ESCAPE '${LIKE_ESCAPE}'`, [
          `%${likePattern(field)}%`,
        ])
        .delete();
    }
  }

  async prune(now: number): Promise<void> {
    await this.#requests().where('expires_at', '<=', now).delete();
    await this.#logins().where('expires_at', '<=', now).delete();
  }

  #requests() {
    return this.knex<RequestRow>('login_requests');
  }

  #logins() {
    return this.knex<LoginRow>('logins');
  }
}

function readIdentity(json: string): LoginIdentity {
  return identitySchema.parse(JSON.parse(json));
}

function toRequest(row: RequestRow): KeptLoginRequest {
  const request = {
    id: row.id,
    deviceHash: row.device_hash,
    userCodeHash: row.user_code_hash,
    hostName: row.host_name,
    clientIp: row.client_ip,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
  return row.state === 'approved'
    ? {
        ...request,
        state: row.state,
        approvedAt: Number(row.approved_at),
        identity: readIdentity(row.identity ?? ''),
      }
    : { ...request, state: row.state };
}

function toRow(login: Login): LoginRow {
  return {
    id: login.id,
    credential_id: login.credentialId,
    identity: JSON.stringify(login.identity),
    secret_hash: login.secretHash,
    previous_hash: login.previousHash ?? null,
    rotated_at: login.rotatedAt,
    groups_read_at: login.groupsReadAt,
    expires_at: login.expiresAt,
  };
}

function toLogin(row: LoginRow): Login {
  return {
    id: row.id,
    credentialId: row.credential_id,
    identity: readIdentity(row.identity),
    secretHash: row.secret_hash,
    previousHash: row.previous_hash ?? undefined,
    rotatedAt: Number(row.rotated_at),
    groupsReadAt: Number(row.groups_read_at),
    expiresAt: Number(row.expires_at),
  };
}
