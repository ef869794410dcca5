import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { compactVerify, createLocalJWKSet } from 'jose';
import {
  PolicyBundle,
  policyBundleSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { agentHeaders, BASE, startPlugin, userHeaders } from './startPlugin';

type Backend = Awaited<ReturnType<typeof startPlugin>>;

/** The certificate authority of the proxy. */
export const PEM =
  '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';

const jane: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'jane', namespace: 'default' },
  spec: { profile: { email: 'jane@example.com', displayName: 'Jane' } },
};
const role = {
  name: 'developer',
  subjects: ['group:default/developers'],
  clusters: ['dev-*'],
  kubernetesGroups: ['developers'],
  rules: [{ effect: 'allow', resources: ['*'], verbs: ['*'] }],
};

/** The plugin with a proxy that serves the clusters `dev-1` and `demo`; everybody is one of the `developers`, who may reach `dev-1`. */
export async function startAccess(
  options: Parameters<typeof startPlugin>[0],
): Promise<Backend> {
  const backend = await startPlugin({
    kubernetesAudit: {
      recordings: { path: options.recordings },
      roles: [role],
      credentials: { lifetime: '1h' },
    },
    entities: [jane],
    features: [
      createServiceFactory({
        service: coreServices.userInfo,
        deps: {},
        factory: () =>
          mockServices.userInfo({
            ownershipEntityRefs: ['group:default/developers'],
          }),
      }),
    ],
    ...options,
  });
  await backend.api
    .post(`${BASE}/v1/agent/heartbeat`)
    .set(agentHeaders())
    .send({
      version: '1.0.0',
      publicUrl: 'https://proxy.example.com:6443',
      certificateAuthority: PEM,
      clusters: [{ name: 'dev-1' }, { name: 'demo' }],
    })
    .expect(200, {});
  return backend;
}

/** Asks for a kubeconfig. */
export const issue = ({ api }: Backend, user: string = 'jane') =>
  api.post(`${BASE}/v1/access/kubeconfig`).set(userHeaders(user));

/** The published keys, as somebody without credentials gets them. */
export async function jwks({ api }: Backend) {
  const { body } = await api
    .get(`${BASE}/.well-known/jwks.json`)
    .set({ authorization: 'Bearer mock-none-token' })
    .expect(200);
  expect(Object.keys(body)).toEqual(['keys']);
  expect(JSON.stringify(body)).not.toContain('"d"');
  return createLocalJWKSet(body);
}

/** The policy as the proxy gets it. */
export async function bundleOf(backend: Backend): Promise<PolicyBundle> {
  const { body } = await backend.api
    .get(`${BASE}/v1/agent/bundle`)
    .set(agentHeaders())
    .expect(200);
  const { payload } = await compactVerify(body.bundle, await jwks(backend));
  return policyBundleSchema.parse(JSON.parse(Buffer.from(payload).toString()));
}
