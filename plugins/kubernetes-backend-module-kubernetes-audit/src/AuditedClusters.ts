import type {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { ANNOTATION_KUBERNETES_AUTH_PROVIDER } from '@backstage/plugin-kubernetes-common';
import type {
  AuthMetadata,
  ClusterDetails,
  KubernetesClustersSupplier,
} from '@backstage/plugin-kubernetes-node';
import { KUBERNETES_PLUGIN_AUTH_PROVIDER } from 'backstage-plugin-kubernetes-audit-common';
import type { IssuedTokens } from './IssuedTokens';
import type { PortalAccess } from './PortalAccess';

/** The clusters that a user's roles reach, at the audited proxy. */
export class AuditedClusters implements KubernetesClustersSupplier {
  readonly #auth: AuthService;
  readonly #access: PortalAccess;
  readonly #tokens: IssuedTokens;
  readonly #skipMetricsLookup: boolean | undefined;

  static create(options: {
    auth: AuthService;
    access: PortalAccess;
    tokens: IssuedTokens;
    /** Whether the plugin is not to ask clusters how busy pods are; it does by default. */
    skipMetricsLookup?: boolean;
  }): AuditedClusters {
    return new AuditedClusters(options);
  }

  private constructor(options: {
    auth: AuthService;
    access: PortalAccess;
    tokens: IssuedTokens;
    skipMetricsLookup?: boolean;
  }) {
    this.#auth = options.auth;
    this.#access = options.access;
    this.#tokens = options.tokens;
    this.#skipMetricsLookup = options.skipMetricsLookup;
  }

  /** None for whom is no user: nobody is called in their name. */
  async getClusters(options: {
    credentials: BackstageCredentials;
  }): Promise<ClusterDetails[]> {
    const { credentials } = options;
    if (!this.#auth.isPrincipal(credentials, 'user')) {
      return [];
    }
    const { clusters, token } = await this.#access.of(credentials);
    return clusters.map(({ name, server, certificateAuthority }) => {
      const authMetadata: AuthMetadata = {
        [ANNOTATION_KUBERNETES_AUTH_PROVIDER]: KUBERNETES_PLUGIN_AUTH_PROVIDER,
      };
      this.#tokens.set(authMetadata, token);
      return {
        name,
        url: server,
        authMetadata,
        skipMetricsLookup: this.#skipMetricsLookup,
        caData:
          certificateAuthority &&
          Buffer.from(certificateAuthority).toString('base64'),
      };
    });
  }
}
