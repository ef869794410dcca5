/**
 * A portal with Backstage's own Kubernetes plugin, as a process of its own:
 * `PORT` is where it listens, `RECORDINGS` a folder.
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { join } from 'node:path';
import { AGENT } from './PortalUnderTest';

const EXAMPLES = join(__dirname, '../../../examples');

function configOf(port: number, recordings: string) {
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    app: { baseUrl },
    backend: {
      baseUrl,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: ':memory:' },
      auth: {
        externalAccess: [
          {
            type: 'static',
            options: { token: AGENT.token, subject: `agent:${AGENT.id}` },
            accessRestrictions: [{ plugin: 'kubernetes-audit' }],
          },
        ],
      },
    },
    auth: {
      providers: {
        guest: {
          userEntityRef: 'user:default/guest',
          dangerouslyAllowOutsideDevelopment: true,
        },
      },
    },
    catalog: {
      rules: [{ allow: ['User', 'Group', 'Component'] }],
      locations: ['org.yaml', 'catalog.yaml'].map(file => ({
        type: 'file',
        target: join(EXAMPLES, file),
      })),
    },
    kubernetes: {
      serviceLocatorMethod: { type: 'multiTenant' },
      clusterLocatorMethods: [],
    },
    kubernetesAudit: {
      administrators: ['user:default/guest'],
      agents: [{ id: AGENT.id, subject: `agent:${AGENT.id}`, clusters: ['*'] }],
      keys: { encryptionSecret: 'a secret of some length' },
      recordings: { path: recordings },
      roles: [
        {
          name: 'developer',
          subjects: ['user:default/guest'],
          clusters: ['*'],
          kubernetesGroups: ['developers'],
          rules: [{ effect: 'allow', resources: ['*'], verbs: ['*'] }],
        },
      ],
    },
  };
}

const { PORT, RECORDINGS = '' } = process.env;
const config = new ConfigReader(configOf(Number(PORT), RECORDINGS));
const backend = createBackend();
backend.add(
  createServiceFactory({
    service: coreServices.rootConfig,
    deps: {},
    factory: () => config,
  }),
);
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-kubernetes-backend'));
backend.add(
  import('backstage-plugin-kubernetes-backend-module-kubernetes-audit'),
);
backend.add(import('backstage-plugin-kubernetes-audit-backend'));
backend.start();
