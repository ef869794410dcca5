import type {
  AuditorService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  InputError,
  NotAllowedError,
  NotFoundError,
  toError,
} from '@backstage/errors';
import { calculateJwkThumbprint } from 'jose';
import {
  createHmac,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import {
  agentManagePermission,
  formatJoinToken,
  joinProofText,
  JoinTokenResponse,
  joinTokenRequestSchema,
  PendingJoinToken,
  PublicKey,
  TunnelAgentStatus,
  TunnelJoin,
  TunnelJoined,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { SecretBox } from '../access';
import type { AgentDirectory } from '../agents';
import type { Authorizer } from '../authorization';
import type { TunnelStore } from './TunnelStore';

const SECRET_BYTES = 32;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/** The only kind of key that agents have. */
const agentKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

type TunnelServiceOptions = {
  store: TunnelStore;
  agents: AgentDirectory;
  authorizer: Authorizer;
  auditor: AuditorService;
  /** For the secrets of tokens. */
  box: SecretBox;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** Lets tunnel agents join, and takes that back. */
export class TunnelService {
  readonly #options: TunnelServiceOptions;

  static create(options: TunnelServiceOptions): TunnelService {
    return new TunnelService(options);
  }

  private constructor(options: TunnelServiceOptions) {
    this.#options = options;
  }

  /**
   * A token by which one agent can join, once, with this name, these tags and
   * for these clusters.
   *
   * @throws NotAllowedError
   */
  async issueToken(
    caller: UserCredentials,
    request: z.output<typeof joinTokenRequestSchema>,
  ): Promise<JoinTokenResponse> {
    const { authorizer, store, box, now } = this.#options;
    await authorizer.require(caller, agentManagePermission);
    const { lifetimeSeconds, ...fixed } = request;
    const id = randomUUID();
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const expiresAt = now() + lifetimeSeconds * 1000;
    await store.addToken({
      id,
      ...fixed,
      secretBox: box.seal(secret, labelOf(id)),
      createdBy: caller.principal.userEntityRef,
      expiresAt,
    });
    return {
      token: formatJoinToken({ id, secret, ...fixed }),
      expiresAt: new Date(expiresAt).toISOString(),
    };
  }

  /**
   * The tokens by which an agent can still join.
   *
   * @throws NotAllowedError
   */
  async listTokens(caller: UserCredentials): Promise<PendingJoinToken[]> {
    const { authorizer, store, now } = this.#options;
    await authorizer.require(caller, agentManagePermission);
    const pending = await store.listPending(new Date(now()));
    return pending.map(
      ({ id, name, tags, clusters, createdBy, expiresAt }) => ({
        id,
        name,
        tags,
        clusters,
        createdBy,
        expiresAt: new Date(expiresAt).toISOString(),
      }),
    );
  }

  /**
   * From now on no agent can join with the token.
   *
   * @throws NotAllowedError, NotFoundError when an agent has joined with it already
   */
  async revokeToken(caller: UserCredentials, id: string): Promise<void> {
    const { authorizer, store } = this.#options;
    await authorizer.require(caller, agentManagePermission);
    if (!(await store.removeUnused(id))) {
      throw new NotFoundError('No join token with this id waits for an agent');
    }
  }

  /**
   * Takes an agent in that proves that it has the secret of a token; whoever
   * has that is in the host's audit log.
   *
   * @param proxy - the id of the proxy that relays it
   * @throws NotAllowedError when the token is not known, was used, has expired, or the proof is wrong; InputError for a key of another kind
   */
  async join(
    { tokenId, key, proof }: TunnelJoin,
    proxy: string,
  ): Promise<TunnelJoined> {
    const { store, box, auditor, now } = this.#options;
    const publicKey = await readKey(key);
    const token = await store.getToken(tokenId);
    const refused = (why: string) =>
      new NotAllowedError(`The join token ${why}`);
    if (!token) {
      throw refused('is not known');
    }
    const expected = createHmac(
      'sha256',
      box.open(token.secretBox, labelOf(tokenId)),
    )
      .update(joinProofText(tokenId, publicKey.kid))
      .digest();
    const given = Buffer.from(proof, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw refused('is not the one that was issued');
    }
    const { name, tags, clusters } = token;
    const event = await auditor.createEvent({
      eventId: 'tunnel-join',
      severityLevel: 'high',
      meta: { name, tokenId, key: publicKey.kid, proxy },
    });
    try {
      if (token.usedBy === undefined && token.expiresAt <= now()) {
        throw refused('has expired');
      }
      if (!(await store.join(token, publicKey, new Date(now())))) {
        throw refused('was used already');
      }
    } catch (error) {
      await event.fail({ error: toError(error) });
      throw error;
    }
    await event.success();
    return { name, tags, clusters };
  }

  /**
   * From now on no proxy takes the agent, and those that have it cut it.
   *
   * @throws NotAllowedError, NotFoundError
   */
  async revoke(caller: UserCredentials, name: string): Promise<void> {
    const { authorizer, store, now } = this.#options;
    await authorizer.require(caller, agentManagePermission);
    if (!(await store.revoke(name, new Date(now())))) {
      throw new NotFoundError(`No tunnel agent with the name ${name}`);
    }
  }

  /** Whether the caller may let agents join, and revoke them. */
  async mayManage(caller: UserCredentials): Promise<boolean> {
    return this.#options.authorizer.isAllowed(caller, agentManagePermission);
  }

  /**
   * The agents that have joined, and where they are connected.
   *
   * @throws NotAllowedError
   */
  async list(caller: UserCredentials): Promise<TunnelAgentStatus[]> {
    const { store, agents, now } = this.#options;
    const at = new Date(now());
    const connections = await agents.tunnelConnections(caller, at);
    return (await store.list()).map(({ key: _, ...agent }) => ({
      ...agent,
      connections: connections.filter(({ name }) => name === agent.name),
    }));
  }
}

/** The members that a key needs, under its thumbprint. */
async function readKey(key: unknown): Promise<PublicKey> {
  const result = agentKeySchema.safeParse(key);
  if (!result.success) {
    throw new InputError('The key of a tunnel agent is an Ed25519 key');
  }
  const { kty, crv, x } = result.data;
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  return { kty, crv, x, kid, alg: 'EdDSA' };
}

function labelOf(tokenId: string): string {
  return `tunnel-join-token:${tokenId}`;
}
