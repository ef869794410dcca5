import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  accessManagePermission,
  compileRole,
  DecisionRequest,
  decisionRequestSchema,
  DecisionResponse,
  RoleAuthorizer,
  RolesResponse,
} from 'backstage-plugin-kubernetes-audit-common';
import type { AgentDirectory } from '../agents';
import type { Authorizer } from '../authorization';
import type { KubernetesAuditConfig } from '../config';
import type { PolicyBundles } from './PolicyBundles';
import type { UserDirectory } from './UserDirectory';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

type RoleDirectoryOptions = {
  users: UserDirectory;
  agents: AgentDirectory;
  bundles: PolicyBundles;
  authorizer: Authorizer;
  config: KubernetesAuditConfig;
};

/** Tells administrators of the roles, and what they come to for a user. */
export class RoleDirectory {
  readonly #options: RoleDirectoryOptions;
  /** The proxies decide by the same code. */
  readonly #roles: RoleAuthorizer;

  static create(options: RoleDirectoryOptions): RoleDirectory {
    return new RoleDirectory(options);
  }

  private constructor(options: RoleDirectoryOptions) {
    this.#options = options;
    this.#roles = RoleAuthorizer.create();
    this.#roles.useRoles(options.config.roles, options.config.clusters);
  }

  /**
   * @throws NotAllowedError
   */
  async list(caller: UserCredentials): Promise<RolesResponse> {
    const { users, agents, bundles, authorizer, config } = this.#options;
    await authorizer.require(caller, accessManagePermission);
    const refs = [...new Set(config.roles.flatMap(role => role.subjects))];
    const [subjects, clusters, { version }, proxies] = await Promise.all([
      users.describeSubjects(refs),
      agents.servedClusters(config.credentials.proxyGroup),
      bundles.getCurrent(),
      agents.listProxies(),
    ]);
    const bySubject = new Map(
      subjects.map(subject => [subject.entityRef, subject]),
    );
    return {
      roles: config.roles.map(role => {
        const { coversCluster } = compileRole(role);
        return {
          role,
          clusters: clusters
            .filter(cluster => coversCluster(cluster))
            .map(({ name }) => name),
          subjects: role.subjects.map(
            entityRef => bySubject.get(entityRef) ?? { entityRef },
          ),
        };
      }),
      bundleVersion: version,
      proxies: proxies.map(({ id, lastSeenAt, bundleVersion }) => ({
        id,
        lastSeenAt,
        bundleVersion,
      })),
      clusters: clusters.map(({ name }) => name),
    };
  }

  /**
   * What a proxy would answer to a call of a user, and why. The user's groups
   * are those of the catalog; a credential has those of when it was issued.
   *
   * @throws NotAllowedError
   */
  async decide(
    caller: UserCredentials,
    request: DecisionRequest,
  ): Promise<DecisionResponse> {
    const { users, agents, authorizer, config } = this.#options;
    await authorizer.require(caller, accessManagePermission);
    const asked = decisionRequestSchema.parse(request);
    const user = await users.readCatalogUser(asked.userEntityRef);
    const subjects = user?.ownershipEntityRefs ?? [asked.userEntityRef];
    const served = (
      await agents.servedClusters(config.credentials.proxyGroup)
    ).find(({ name }) => name === asked.cluster);
    const cluster = { name: asked.cluster, tags: served?.tags ?? {} };
    const [resource, ...rest] = asked.resource.split('/');
    const decision = this.#roles.decide(subjects, {
      cluster,
      clientIp: asked.clientIp,
      isResourceRequest: asked.resource !== '',
      verb: asked.verb,
      path: asked.path,
      apiGroup: asked.apiGroup,
      resource,
      subresource: rest.join('/'),
      resourceLabel: asked.resource,
      namespace: asked.namespace,
      name: asked.name,
      unknownUpgrade: false,
    });
    return {
      allowed: decision.allowed,
      reason: decision.allowed ? '' : decision.reason,
      role: decision.allowed ? decision.role.role.name : decision.role,
      rule: decision.rule?.position,
      ...(decision.allowed && {
        kubernetesGroups: decision.role.role.kubernetesGroups,
      }),
      subjects,
      roles: this.#roles
        .rolesOf(subjects, { cluster, clientIp: asked.clientIp })
        .map(({ role }) => role.name),
      isServed: served !== undefined,
    };
  }
}
