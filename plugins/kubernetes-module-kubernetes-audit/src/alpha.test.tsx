import { useApi } from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { kubernetesAuthProvidersApiRef } from '@backstage/plugin-kubernetes-react';
import { screen } from '@testing-library/react';
import kubernetesAuditModule from './alpha';
import { AuditedAuthProviders } from './AuditedAuthProviders';

function Page() {
  const providers = useApi(kubernetesAuthProvidersApiRef);
  return (
    <p>
      {providers instanceof AuditedAuthProviders ? 'audited' : 'not audited'}
    </p>
  );
}

/** As Backstage's plugin has it: with an API of the same name. */
const kubernetesPlugin = createFrontendPlugin({
  pluginId: 'kubernetes',
  extensions: [
    ApiBlueprint.make({
      name: 'auth-providers',
      params: defineParams =>
        defineParams({
          api: kubernetesAuthProvidersApiRef,
          deps: {},
          factory: () => ({
            decorateRequestBodyForAuth: async (_provider, body) => body,
            getCredentials: async () => ({}),
          }),
        }),
    }),
    PageBlueprint.make({
      params: { path: '/', loader: async () => <Page /> },
    }),
  ],
});

describe('the module of the new frontend system', () => {
  it("takes the place of the Kubernetes plugin's own providers", async () => {
    renderTestApp({ features: [kubernetesPlugin, kubernetesAuditModule] });
    expect(await screen.findByText('audited')).toBeInTheDocument();
  });
});
