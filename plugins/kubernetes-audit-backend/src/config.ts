import type { RootConfigService } from '@backstage/backend-plugin-api';
import {
  clusterTagsSchema,
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
/** How long a login is renewed, and how long each of its tokens is valid, unless the configuration says otherwise. */
const DEFAULT_LOGIN_LIFETIME = '7d';
const DEFAULT_LOGIN_TOKEN_LIFETIME = '1h';
/** In milliseconds: a shorter one would be renewed all the time. */
const MIN_LOGIN_TOKEN_LIFETIME_MS = 60_000;
/** How long a key signs unless the configuration says otherwise. */
const DEFAULT_KEY_ROTATION = '30d';
/** A key signs for so long at least, in milliseconds: it takes a while to make the next one known. */
const MIN_KEY_ROTATION_MS = 60 * 60_000;
/** In milliseconds: a shorter one is a typing error. */
const MIN_RETENTION_MS = 24 * 3600_000;
const DEFAULT_RECORDINGS_PATH = './kubernetes-audit-recordings';

const s3Schema = z
  .strictObject({
    bucket: z.string().min(3).max(63),
    prefix: z
      .string()
      .regex(
        /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
        'expected segments of letters, digits, `.`, `_` and `-`, with slashes between them',
      )
      .or(z.literal(''))
      .default(''),
    region: z.string().min(1).default('us-east-1'),
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    pathStyle: z.boolean().default(false),
    accountId: z.string().optional(),
    accessKeyId: z.string().min(1).optional(),
    secretAccessKey: z.string().min(1).optional(),
    encryption: z
      .strictObject({
        algorithm: z.enum(['AES256', 'aws:kms']),
        keyId: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine(s3 => !s3.accessKeyId === !s3.secretAccessKey, {
    message: 'accessKeyId and secretAccessKey belong together',
  });

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
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
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

const keyRotationPeriod = durationSchema.refine(
  period => durationToMilliseconds(period) >= MIN_KEY_ROTATION_MS,
  'must be manual, or 1h or longer',
);

const loginTokenLifetime = durationSchema.refine(
  period => durationToMilliseconds(period) >= MIN_LOGIN_TOKEN_LIFETIME_MS,
  'must be 1m or longer',
);

const retentionPeriod = durationSchema.refine(
  period => durationToMilliseconds(period) >= MIN_RETENTION_MS,
  'must be forever, or 1d or longer',
);

const configSchema = z.object({
  administrators: z.array(entityRef).default([]),
  agents: z
    .array(agentSchema)
    .superRefine(uniqueBy('agent ids', agent => agent.id))
    .superRefine(uniqueBy('subjects of agents', agent => agent.subject))
    .default([]),
  clusters: z
    .array(clusterTagsSchema.strict())
    .superRefine(uniqueBy('names of clusters', cluster => cluster.name))
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
      login: z
        .strictObject({
          lifetime: loginTokenLifetime.default(DEFAULT_LOGIN_LIFETIME),
          tokenLifetime: loginTokenLifetime.default(
            DEFAULT_LOGIN_TOKEN_LIFETIME,
          ),
        })
        .prefault({}),
    })
    .prefault({}),
  keys: z
    .strictObject({
      encryptionSecret: z.string().min(16).optional(),
      rotation: z
        .union([z.literal('manual'), keyRotationPeriod])
        .default(DEFAULT_KEY_ROTATION),
    })
    .prefault({}),
  recordings: z
    .strictObject({
      maxPlaybackSize: z
        .union([z.number().int().nonnegative(), z.literal('unlimited')])
        .default(DEFAULT_MAX_PLAYBACK_SIZE),
      path: z.string().min(1).default(DEFAULT_RECORDINGS_PATH),
      s3: s3Schema.optional(),
    })
    .prefault({}),
  export: z
    .strictObject({
      encryption: z.enum(['off', 'optional', 'required']).default('optional'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      events: z
        .union([z.literal('forever'), retentionPeriod])
        .default('forever'),
      recordings: z
        .union([z.literal('forever'), retentionPeriod])
        .default('forever'),
    })
    .prefault({}),
});

/** `kubernetesAudit` of the configuration, with its defaults; see config.d.ts. */
export type KubernetesAuditConfig = z.infer<typeof configSchema> & {
  credentials: {
    lifetimeMs: number;
    login: { lifetimeMs: number; tokenLifetimeMs: number };
  };
  /** Without a period keys rotate on demand alone. */
  keys: { rotationMs: number | undefined };
  /** Without a period they are kept for ever. */
  retention: { eventsMs: number | undefined; recordingsMs: number | undefined };
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
  const { credentials, keys, retention, ...rest } = result.data;
  return {
    ...rest,
    credentials: {
      ...credentials,
      lifetimeMs: durationToMilliseconds(credentials.lifetime),
      login: {
        ...credentials.login,
        lifetimeMs: durationToMilliseconds(credentials.login.lifetime),
        tokenLifetimeMs: durationToMilliseconds(
          credentials.login.tokenLifetime,
        ),
      },
    },
    keys: {
      ...keys,
      rotationMs:
        keys.rotation === 'manual'
          ? undefined
          : durationToMilliseconds(keys.rotation),
    },
    retention: {
      ...retention,
      eventsMs: toRetentionMs(retention.events),
      recordingsMs: toRetentionMs(retention.recordings),
    },
  };
}

function toRetentionMs(period: string): number | undefined {
  return period === 'forever' ? undefined : durationToMilliseconds(period);
}
