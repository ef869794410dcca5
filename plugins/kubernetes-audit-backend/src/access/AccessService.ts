import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  accessManagePermission,
  AccessResponse,
  accessUsePermission,
  Credential,
  CredentialPage,
  KeyRotationResponse,
  KubeconfigRequest,
  KubeconfigResponse,
  PortalAccessResponse,
  UserRevocation,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import type { AgentDirectory } from '../agents';
import type { Authorizer } from '../authorization';
import type { KubernetesAuditConfig } from '../config';
import type { CredentialIssuer, TokenIdentity } from './CredentialIssuer';
import type { CredentialQuery, CredentialStore } from './CredentialStore';
import type { KeyRotation } from './KeyRotation';
import {
  clusterServer,
  KubeconfigCredential,
  writeKubeconfig,
} from './kubeconfig';
import type { KubernetesUserNames } from './KubernetesUserNames';
import { ReachableCluster, reachableClusters } from './reachableClusters';
import type { UserDirectory } from './UserDirectory';
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
  issuer: CredentialIssuer;
  authorizer: Authorizer;
  config: KubernetesAuditConfig;
  /** The URL of the plugin's API, as command lines reach it. */
  portal: string;
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
    const { authorizer, users, config } = this.#options;
    const clusters = await this.#reachable(
      await users.getOwnershipEntityRefs(caller),
    );
    const held = new Set(clusters.flatMap(({ roles }) => roles));
    return {
      clusters: clusters.map(cluster => ({
        name: cluster.name,
        server: clusterServer(cluster),
        roles: cluster.roles,
      })),
      roles: config.roles
        .filter(({ name }) => held.has(name))
        .map(({ subjects: _, clusters: __, ...role }) => role),
      userEntityRef: caller.principal.userEntityRef.toLowerCase(),
      mayManage: await authorizer.isAllowed(caller, accessManagePermission),
      credentialLifetimeMs: config.credentials.lifetimeMs,
      loginLifetimeMs: config.credentials.login.lifetimeMs,
    };
  }

  /**
   * A kubeconfig for the caller, with a new credential, or with the command
   * that gets one.
   *
   * @throws NotAllowedError; NotFoundError when the caller does not reach a cluster of the request; ConflictError when another user has the caller's name in the clusters
   */
  async issueKubeconfig(
    caller: UserCredentials,
    request: KubeconfigRequest,
  ): Promise<KubeconfigResponse> {
    const { authorizer, users, userNames, config } = this.#options;
    await authorizer.require(caller, accessUsePermission);
    const user = await users.getUser(caller);
    const clusters = chosen(
      await this.#reachable(user.ownershipEntityRefs),
      request.clusters,
    );
    const kubernetesUser = await userNames.claim(user.entityRef, user.email);
    const kubeconfig = (credential: KubeconfigCredential) =>
      writeKubeconfig({ clusters, userName: kubernetesUser, credential });
    if (request.credential === 'login') {
      const { portal } = this.#options;
      const { execApiVersion } = request;
      return { kubeconfig: kubeconfig({ portal, execApiVersion }) };
    }
    const { credential, token } = await this.#issue(
      { ...user, kubernetesUser, groups: user.ownershipEntityRefs },
      config.credentials.lifetimeMs,
    );
    return { kubeconfig: kubeconfig({ token }), credential };
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
    const { authorizer, users, userNames, config } = this.#options;
    await authorizer.require(caller, accessUsePermission);
    const user = await users.getUser(caller);
    const kubernetesUser = await userNames.claim(user.entityRef, user.email);
    const clusters = await this.#reachable(user.ownershipEntityRefs);
    const { token } = await this.#issue(
      {
        ...user,
        kubernetesUser,
        groups: user.ownershipEntityRefs,
        connectedFrom: 'Portal',
      },
      Math.min(config.credentials.lifetimeMs, PORTAL_LIFETIME_MS),
    );
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
   * The caller's credentials, newest first; for who manages access everyone's, or those of one user.
   *
   * @throws NotAllowedError; InputError when the cursor is not ours
   */
  async listCredentials(
    caller: UserCredentials,
    query: CredentialQuery,
  ): Promise<CredentialPage> {
    const { authorizer, credentials, now } = this.#options;
    const own = caller.principal.userEntityRef.toLowerCase();
    if (await authorizer.isAllowed(caller, accessManagePermission)) {
      return credentials.list(query, new Date(now()));
    }
    await authorizer.require(caller, accessUsePermission);
    if ((query.userEntityRef ?? own).toLowerCase() !== own) {
      throw new NotAllowedError('These are not your credentials');
    }
    return credentials.list({ ...query, userEntityRef: own }, new Date(now()));
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

  async #issue(user: TokenIdentity, lifetimeMs: number) {
    const { credentials, issuer } = this.#options;
    const credential = await issuer.prepare(user.entityRef, lifetimeMs, {
      kind: user.connectedFrom === 'Portal' ? 'portal' : 'kubeconfig',
    });
    const { token } = await issuer.sign(credential, user, {
      issuedAt: Date.parse(credential.issuedAt),
      expiresAt: Date.parse(credential.expiresAt),
    });
    // Kept before it is given away: what is not in the list could not be revoked.
    await credentials.add(credential);
    return { credential, token };
  }
}

/** @throws NotFoundError when one of the names is not among the clusters */
function chosen(
  clusters: ReachableCluster[],
  names: readonly string[] | undefined,
): ReachableCluster[] {
  if (!names) {
    return clusters;
  }
  const wanted = new Set(names);
  const found = clusters.filter(({ name }) => wanted.delete(name));
  const [missing] = wanted;
  if (missing !== undefined) {
    throw new NotFoundError(`You reach no cluster ${missing}`);
  }
  return found;
}
