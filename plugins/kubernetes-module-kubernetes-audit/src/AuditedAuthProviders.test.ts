import type { KubernetesAuthProvidersApi } from '@backstage/plugin-kubernetes-react';
import { AuditedAuthProviders } from './AuditedAuthProviders';

const ENTITY = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'payments' },
};

describe('AuditedAuthProviders', () => {
  const others: KubernetesAuthProvidersApi = {
    decorateRequestBodyForAuth: async (_provider, body) => ({
      ...body,
      auth: { google: 'of-the-other' },
    }),
    getCredentials: async () => ({ token: 'of-the-other' }),
  };
  const providers = AuditedAuthProviders.create(others);

  it('have no credential for clusters behind the proxy', async () => {
    const body = { entity: ENTITY };
    expect(
      await providers.decorateRequestBodyForAuth('kubernetesaudit', body),
    ).toEqual(body);
    expect(await providers.getCredentials('kubernetesaudit')).toEqual({});
  });

  it("leave other clusters to the host's own", async () => {
    expect(
      await providers.decorateRequestBodyForAuth('google', { entity: ENTITY }),
    ).toEqual({ entity: ENTITY, auth: { google: 'of-the-other' } });
    expect(await providers.getCredentials('google')).toEqual({
      token: 'of-the-other',
    });
  });
});
