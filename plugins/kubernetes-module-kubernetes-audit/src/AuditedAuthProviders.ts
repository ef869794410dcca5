import type { KubernetesRequestBody } from '@backstage/plugin-kubernetes-common';
import type { KubernetesAuthProvidersApi } from '@backstage/plugin-kubernetes-react';
import { KUBERNETES_PLUGIN_AUTH_PROVIDER } from 'backstage-plugin-kubernetes-audit-common';

/**
 * The host's own providers, and one for clusters behind the audited proxy. For
 * those the browser has no credential: the backend calls them for the user.
 *
 * @public
 */
export class AuditedAuthProviders implements KubernetesAuthProvidersApi {
  /**
   * Around the host's own.
   *
   * @param others - of clusters that are reached in another way
   */
  static create(others: KubernetesAuthProvidersApi): AuditedAuthProviders {
    return new AuditedAuthProviders(others);
  }

  private constructor(private readonly others: KubernetesAuthProvidersApi) {}

  /** Adds what a cluster of the provider is called with to a request of the backend. */
  async decorateRequestBodyForAuth(
    authProvider: string,
    requestBody: KubernetesRequestBody,
  ): Promise<KubernetesRequestBody> {
    return authProvider === KUBERNETES_PLUGIN_AUTH_PROVIDER
      ? requestBody
      : this.others.decorateRequestBodyForAuth(authProvider, requestBody);
  }

  /** What the browser sends with a call of a cluster: nothing to the proxy. */
  async getCredentials(authProvider: string): Promise<{ token?: string }> {
    return authProvider === KUBERNETES_PLUGIN_AUTH_PROVIDER
      ? {}
      : this.others.getCredentials(authProvider);
  }
}
