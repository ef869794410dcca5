import {
  AuditorService,
  AuditorServiceCreateEventOptions,
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
import type { Entity } from '@backstage/catalog-model';
import type { Knex } from 'knex';
import request from 'supertest';
import { kubernetesAuditPlugin } from '../plugin';

type Feature = NonNullable<
  Parameters<typeof startTestBackend>[0]['features']
>[number];

/** What the host's auditor was told. */
export type AuditEntry = AuditorServiceCreateEventOptions & {
  status?: 'succeeded' | 'failed';
  error?: Error;
};

/** What comes before the plugin's paths. */
export const BASE = '/api/kubernetes-audit';

const AGENTS = [
  {
    id: 'demo-proxy',
    subject: 'agent:demo-proxy',
    clusters: ['demo', 'dev-*'],
  },
  { id: 'other', subject: 'agent:other', clusters: ['*'] },
];

/** The plugin in a backend, over HTTP; `user:default/admin` administrates. */
export async function startPlugin(options: {
  /** A directory. */
  recordings: string;
  knex?: Knex;
  kubernetesAudit?: JsonObject;
  config?: JsonObject;
  entities?: Entity[];
  features?: Feature[];
}) {
  const audited: AuditEntry[] = [];
  const auditor: AuditorService = {
    createEvent: async event => {
      const entry: AuditEntry = { ...event };
      audited.push(entry);
      return {
        success: async () => {
          entry.status = 'succeeded';
        },
        fail: async ({ error }) => {
          entry.status = 'failed';
          entry.error = error;
        },
      };
    },
  };
  const backend = await startTestBackend({
    features: [
      kubernetesAuditPlugin,
      mockServices.rootConfig.factory({
        data: {
          backend: {
            baseUrl: 'https://portal.example.com',
            listen: { host: '127.0.0.1', port: 0 },
          },
          kubernetesAudit: {
            administrators: ['user:default/admin'],
            agents: AGENTS,
            recordings: { path: options.recordings },
            keys: { encryptionSecret: 'a secret of some length' },
            ...options.kubernetesAudit,
          },
          ...options.config,
        },
      }),
      ...(options.knex
        ? [mockServices.database.factory({ knex: options.knex })]
        : []),
      createServiceFactory({
        service: coreServices.auditor,
        deps: {},
        factory: () => auditor,
      }),
      catalogServiceMock.factory({ entities: options.entities ?? [] }),
      ...(options.features ?? []),
    ],
  });
  const { server } = backend;
  return { api: request(server), server, stop: () => backend.stop(), audited };
}

/** The headers of an agent, by default the first one. */
export function agentHeaders(agent: string = 'demo-proxy') {
  const principal = JSON.stringify({ sub: `agent:${agent}` });
  return {
    authorization: `Bearer mock-service-token:${principal}`,
    'x-agent-id': agent,
    'x-spool-epoch': '019aa000-0000-7000-b000-000000000001',
  };
}

/** The headers of a user, by default an administrator. */
export function userHeaders(name: string = 'admin') {
  const principal = JSON.stringify({ sub: `user:default/${name}` });
  return { authorization: `Bearer mock-user-token:${principal}` };
}
