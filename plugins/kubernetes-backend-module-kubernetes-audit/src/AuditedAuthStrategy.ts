import { AuthenticationError } from '@backstage/errors';
import type {
  AuthenticationStrategy,
  AuthMetadata,
  ClusterDetails,
  KubernetesCredential,
} from '@backstage/plugin-kubernetes-node';
import type { IssuedTokens } from './IssuedTokens';

/** Calls a cluster with the token that it was supplied with for the user. */
export class AuditedAuthStrategy implements AuthenticationStrategy {
  static create(tokens: IssuedTokens): AuditedAuthStrategy {
    return new AuditedAuthStrategy(tokens);
  }

  private constructor(private readonly tokens: IssuedTokens) {}

  /** What the browser sends as credentials of the cluster counts for nothing. */
  async getCredential({
    name,
    authMetadata,
  }: ClusterDetails): Promise<KubernetesCredential> {
    const token = this.tokens.get(authMetadata);
    if (token === undefined) {
      throw new AuthenticationError(
        `Cluster ${name} was not supplied for a user by the Kubernetes audit`,
      );
    }
    return { type: 'bearer token', token };
  }

  validateCluster(): Error[] {
    return [];
  }

  presentAuthMetadata(): AuthMetadata {
    return {};
  }
}
