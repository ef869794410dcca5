import {
  gitlabAuthApiRef,
  googleAuthApiRef,
  microsoftAuthApiRef,
  oktaAuthApiRef,
  oneloginAuthApiRef,
} from '@backstage/core-plugin-api';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import {
  KubernetesAuthProviders,
  kubernetesAuthProvidersApiRef,
} from '@backstage/plugin-kubernetes-react';
import { AuditedAuthProviders } from './AuditedAuthProviders';

/** In the place of the Kubernetes plugin's own, which it contains. */
const authProviders = ApiBlueprint.make({
  name: 'auth-providers',
  params: defineParams =>
    defineParams({
      api: kubernetesAuthProvidersApiRef,
      deps: {
        gitlab: gitlabAuthApiRef,
        google: googleAuthApiRef,
        microsoft: microsoftAuthApiRef,
        okta: oktaAuthApiRef,
        onelogin: oneloginAuthApiRef,
      },
      factory: ({ gitlab, google, microsoft, okta, onelogin }) =>
        AuditedAuthProviders.create(
          new KubernetesAuthProviders({
            googleAuthApi: google,
            microsoftAuthApi: microsoft,
            oidcProviders: { gitlab, google, microsoft, okta, onelogin },
          }),
        ),
    }),
});

/** For apps on the new frontend system. @alpha */
export default createFrontendModule({
  pluginId: 'kubernetes',
  extensions: [authProviders],
});
