import type { RootConfigService } from '@backstage/backend-plugin-api';
import {
  DEFAULT_MAX_PLAYBACK_SIZE,
  DEFAULT_PROXY_GROUP,
  durationSchema,
  durationToMilliseconds,
  roleSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';
import { checkRole } from './access/checkRole';

/** How long a credential is valid unless the configuration says otherwise. */
const DEFAULT_CREDENTIAL_LIFETIME = '12h';
const DEFAULT_RECORDINGS_PATH = './kubernetes-audit-recordings';

/** What a template of a user's name may use. */
const PLACEHOLDERS = new Set(['kind', 'namespace', 'name', 'email']);

const entityRef = z
  .string()
  .regex(
    /^[^:/]+:[^:/]+\/[^:/]+$/,
    'expected an entity ref like user:default/jane',
  );

const unique = (what: string, values: string[]) =>
  values.every((value, i) => values.indexOf(value) === i)
    ? undefined
    : `${what} must be unique`;

function uniqueBy<T>(what: string, key: (item: T) => string) {
  return (items: T[], context: z.RefinementCtx) => {
    const problem = unique(
      what,
      items.map(item => key(item).toLowerCase()),
    );
    if (problem) {
      context.addIssue({ code: 'custom', message: problem });
    }
  };
}

const agentSchema = z.strictObject({
  id: z.string().min(1).max(253),
  subject: z
    .string()
    .min(1)
    .refine(
      subject => !subject.startsWith('plugin:'),
      'expected the subject of an external access entry, not a plugin',
    ),
  clusters: z.array(z.string().min(1)),
});

/** An agent, the service that it authenticates as, and globs of the clusters that it may speak of. */
export type AgentConfig = z.infer<typeof agentSchema>;

const userNameTemplate = z
  .string()
  .refine(
    template =>
      [...template.matchAll(/\{([^}]*)\}/g)].every(([, name]) =>
        PLACEHOLDERS.has(name),
      ),
    `placeholders are ${[...PLACEHOLDERS].map(name => `{${name}}`).join(', ')}`,
  );

const noSystemPrefix = (value: string) => !value.startsWith('system:');

const configSchema = z.object({
  administrators: z.array(entityRef).default([]),
  agents: z
    .array(agentSchema)
    .superRefine(uniqueBy('agent ids', agent => agent.id))
    .superRefine(uniqueBy('subjects of agents', agent => agent.subject))
    .default([]),
  roles: z
    .array(roleSchema.superRefine(checkRole))
    .superRefine(uniqueBy('names of roles', role => role.name))
    .default([]),
  credentials: z
    .strictObject({
      lifetime: durationSchema.default(DEFAULT_CREDENTIAL_LIFETIME),
      proxyGroup: z.string().min(1).max(253).default(DEFAULT_PROXY_GROUP),
      userNameTemplate: userNameTemplate
        .refine(noSystemPrefix, 'must not begin with system:')
        .optional(),
      userNamePrefix: z
        .string()
        .refine(noSystemPrefix, 'must not begin with system:')
        .default(''),
    })
    .prefault({}),
  keys: z
    .strictObject({ encryptionSecret: z.string().min(16).optional() })
    .prefault({}),
  recordings: z
    .strictObject({
      maxPlaybackSize: z
        .union([z.number().int().nonnegative(), z.literal('unlimited')])
        .default(DEFAULT_MAX_PLAYBACK_SIZE),
      path: z.string().min(1).default(DEFAULT_RECORDINGS_PATH),
    })
    .prefault({}),
  export: z
    .strictObject({
      encryption: z.enum(['off', 'optional', 'required']).default('optional'),
    })
    .prefault({}),
  // Nothing is deleted yet, and a period that is not kept would be a false promise.
  retention: z
    .strictObject({
      events: z.literal('forever').default('forever'),
      recordings: z.literal('forever').default('forever'),
    })
    .prefault({}),
});

/** `kubernetesAudit` of the configuration, with its defaults; see config.d.ts. */
export type KubernetesAuditConfig = z.infer<typeof configSchema> & {
  credentials: { lifetimeMs: number };
};

/**
 * @throws Error that names each key that is wrong
 */
export function readKubernetesAuditConfig(
  config: RootConfigService,
): KubernetesAuditConfig {
  const result = configSchema.safeParse(
    config.getOptional('kubernetesAudit') ?? {},
  );
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) =>
        `${['kubernetesAudit', ...path].join('.')}: ${message}`,
    );
    throw new Error(`Invalid configuration: ${problems.join('; ')}`);
  }
  const { credentials, ...rest } = result.data;
  return {
    ...rest,
    credentials: {
      ...credentials,
      lifetimeMs: durationToMilliseconds(credentials.lifetime),
    },
  };
}
