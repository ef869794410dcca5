import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import {
  accessManagePermission,
  AccessResponse,
  accessUsePermission,
  Credential,
  CredentialClaims,
  KeyRotationResponse,
  KubeconfigResponse,
  PortalAccessResponse,
  UserRevocation,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { AgentDirectory } from '../agents';
import type { Authorizer } from '../authorization';
import type { KubernetesAuditConfig } from '../config';
import type { CredentialStore } from './CredentialStore';
import type { KeyRotation } from './KeyRotation';
import { clusterServer, writeKubeconfig } from './kubeconfig';
import type { KubernetesUserNames } from './KubernetesUserNames';
import { ReachableCluster, reachableClusters } from './reachableClusters';
import { SIGNATURE_ALGORITHM, SigningKeys } from './SigningKeys';
import type { User, UserDirectory } from './UserDirectory';
import type { UserRevocationStore } from './UserRevocationStore';

/** The plugin of the portal that calls clusters itself, for the user before it. */
const KUBERNETES_PLUGIN = 'plugin:kubernetes';
/**
 * How long the credentials last that it gets, in milliseconds: it asks for a
 * new one as long as the user is there.
 */
const PORTAL_LIFETIME_MS = 15 * 60_000;

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

type AccessServiceOptions = {
  users: UserDirectory;
  userNames: KubernetesUserNames;
  agents: AgentDirectory;
  credentials: CredentialStore;
  revocations: UserRevocationStore;
  rotation: KeyRotation;
  keys: SigningKeys;
  authorizer: Authorizer;
  config: KubernetesAuditConfig;
  /** The `iss` of the credentials. */
  issuer: string;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** Gives users access to the clusters and takes it away. */
export class AccessService {
  readonly #options: AccessServiceOptions;

  static create(options: AccessServiceOptions): AccessService {
    return new AccessService(options);
  }

  private constructor(options: AccessServiceOptions) {
    this.#options = options;
  }

  /**
   * The clusters that the caller may reach.
   *
   * @throws NotAllowedError
   */
  async describe(caller: UserCredentials): Promise<AccessResponse> {
    await this.#options.authorizer.require(caller, accessUsePermission);
    const clusters = await this.#reachable(
      await this.#options.users.getOwnershipEntityRefs(caller),
    );
    return {
      clusters: clusters.map(cluster => ({
        name: cluster.name,
        server: clusterServer(cluster),
        roles: cluster.roles,
      })),
    };
  }

  /**
   * A kubeconfig for the caller, with a new credential.
   *
   * @throws NotAllowedError; ConflictError when another user has the caller's name in the clusters
   */
  async issueKubeconfig(caller: UserCredentials): Promise<KubeconfigResponse> {
    const { lifetimeMs } = this.#options.config.credentials;
    const { clusters, ...issued } = await this.#issue(caller, { lifetimeMs });
    return {
      kubeconfig: writeKubeconfig({
        clusters,
        userName: issued.kubernetesUser,
        token: issued.token,
      }),
      credential: issued.credential,
    };
  }

  /**
   * The clusters of a user and a credential, for the portal's own Kubernetes
   * plugin alone: no user gets one that is marked so.
   *
   * @throws NotAllowedError; ConflictError when another user has the caller's name in the clusters
   */
  async issueForPortal(caller: UserCredentials): Promise<PortalAccessResponse> {
    if (caller.principal.actor?.subject !== KUBERNETES_PLUGIN) {
      throw new NotAllowedError('This is for the Kubernetes plugin alone');
    }
    const { lifetimeMs } = this.#options.config.credentials;
    const { clusters, token } = await this.#issue(caller, {
      lifetimeMs: Math.min(lifetimeMs, PORTAL_LIFETIME_MS),
      connectedFrom: 'Portal',
    });
    return {
      clusters: clusters.map(cluster => ({
        name: cluster.name,
        server: clusterServer(cluster),
        certificateAuthority: cluster.certificateAuthority,
      })),
      token,
    };
  }

  /**
   * The caller's credentials, newest first; for who manages access everyone's, or those of `userEntityRef`.
   *
   * @throws NotAllowedError
   */
  async listCredentials(
    caller: UserCredentials,
    userEntityRef?: string,
  ): Promise<Credential[]> {
    const { authorizer, credentials } = this.#options;
    const own = caller.principal.userEntityRef.toLowerCase();
    if (await authorizer.isAllowed(caller, accessManagePermission)) {
      return credentials.list(userEntityRef);
    }
    await authorizer.require(caller, accessUsePermission);
    if (userEntityRef !== undefined && userEntityRef.toLowerCase() !== own) {
      throw new NotAllowedError('These are not your credentials');
    }
    return credentials.list(own);
  }

  /**
   * Revokes a credential: the caller's own, or any for who manages access.
   *
   * @throws NotAllowedError, NotFoundError
   */
  async revokeCredential(
    caller: UserCredentials,
    id: string,
  ): Promise<Credential> {
    const { authorizer, credentials, now } = this.#options;
    const credential = z.uuid().safeParse(id).success
      ? await credentials.get(id)
      : undefined;
    const isOwn =
      credential?.userEntityRef ===
      caller.principal.userEntityRef.toLowerCase();
    await authorizer.require(
      caller,
      isOwn ? accessUsePermission : accessManagePermission,
    );
    if (!credential) {
      throw new NotFoundError(`No credential with id ${id}`);
    }
    await credentials.revoke(credential.id, new Date(now()));
    return credential;
  }

  /**
   * Revokes all credentials that the user has; a new one is valid.
   *
   * @throws NotAllowedError
   */
  async revokeUser(
    caller: UserCredentials,
    userEntityRef: string,
  ): Promise<UserRevocation> {
    const { authorizer, revocations, config, now } = this.#options;
    await authorizer.require(caller, accessManagePermission);
    return revocations.revoke(
      userEntityRef,
      new Date(now()),
      config.credentials.lifetimeMs,
    );
  }

  /**
   * Users whose credentials were revoked, as long as one of them could be valid.
   *
   * @throws NotAllowedError
   */
  async listUserRevocations(
    caller: UserCredentials,
  ): Promise<UserRevocation[]> {
    const { authorizer, revocations, now } = this.#options;
    await authorizer.require(caller, accessManagePermission);
    return revocations.list(new Date(now()));
  }

  /**
   * Begins to replace the signing key.
   *
   * @param compromised - a key was stolen: it is replaced at once, and all credentials are void
   * @throws NotAllowedError
   */
  async rotateKeys(
    caller: UserCredentials,
    compromised: boolean,
  ): Promise<KeyRotationResponse> {
    const { authorizer, rotation } = this.#options;
    await authorizer.require(caller, accessManagePermission);
    const { kid, publishedAt } = compromised
      ? await rotation.replace()
      : await rotation.rotate();
    return { kid, publishedAt: new Date(publishedAt).toISOString() };
  }

  async #reachable(ownershipEntityRefs: string[]): Promise<ReachableCluster[]> {
    const { agents, config } = this.#options;
    return reachableClusters(
      await agents.servedClusters(config.credentials.proxyGroup),
      config.roles,
      ownershipEntityRefs,
    );
  }

  async #issue(
    caller: UserCredentials,
    options: Pick<CredentialClaims, 'connectedFrom'> & { lifetimeMs: number },
  ) {
    const { authorizer, users, userNames, credentials } = this.#options;
    await authorizer.require(caller, accessUsePermission);
    const user = await users.getUser(caller);
    const kubernetesUser = await userNames.claim(user.entityRef, user.email);
    const credential = await this.#newCredential(
      user.entityRef,
      options.lifetimeMs,
    );
    const token = await this.#sign(credential, user, {
      kubernetesUser,
      connectedFrom: options.connectedFrom,
    });
    // Kept before it is given away: what is not in the list could not be revoked.
    await credentials.add(credential);
    const clusters = await this.#reachable(user.ownershipEntityRefs);
    return { kubernetesUser, credential, token, clusters };
  }

  async #newCredential(
    userEntityRef: string,
    lifetimeMs: number,
  ): Promise<Credential> {
    const { now, revocations } = this.#options;
    // Whole seconds, as the claims have them. What is issued in the second of a
    // revocation must be told from what that took back: it is dated a second later.
    const second = Math.floor(now() / 1000);
    const issuedAt = Math.max(
      second,
      (await revocations.issuedBefore(userEntityRef)) ?? 0,
    );
    const expiresAt = second * 1000 + lifetimeMs;
    return {
      id: randomUUID(),
      userEntityRef: userEntityRef.toLowerCase(),
      issuedAt: new Date(issuedAt * 1000).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
    };
  }

  async #sign(
    credential: Credential,
    user: User,
    further: Pick<CredentialClaims, 'kubernetesUser' | 'connectedFrom'>,
  ): Promise<string> {
    const { keys, issuer, config } = this.#options;
    const { kid, key } = await keys.getSigningKey();
    const claims: CredentialClaims = {
      iss: issuer,
      aud: config.credentials.proxyGroup,
      sub: user.entityRef,
      jti: credential.id,
      iat: Math.floor(Date.parse(credential.issuedAt) / 1000),
      exp: Math.floor(Date.parse(credential.expiresAt) / 1000),
      email: user.email,
      name: user.displayName,
      groups: user.ownershipEntityRefs,
      ...further,
    };
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid, typ: 'JWT' })
      .sign(key);
  }
}
