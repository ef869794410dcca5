import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import {
  DEFAULT_PROXY_GROUP,
  durationSchema,
  KUBERNETES_VERBS,
  tunnelTagsSchema,
} from 'backstage-plugin-kubernetes-audit-common';

const MEBIBYTE = 1024 * 1024;

const SIZE_UNITS: Record<string, number> = {
  '': 1,
  Ki: 1024,
  Mi: MEBIBYTE,
  Gi: 1024 * MEBIBYTE,
};

/** A number of bytes: `3145728`, `3Mi`, `2Gi`. */
const sizeSchema = z
  .union(
    [z.number().int().positive(), z.string()],
    'expected a number of bytes, or a size like 64Mi',
  )
  .transform((value, context) => {
    const match = /^(\d+)(Ki|Mi|Gi)?$/.exec(String(value));
    if (!match) {
      context.addIssue('expected a number of bytes, or a size like 64Mi');
      return z.NEVER;
    }
    return Number(match[1]) * SIZE_UNITS[match[2] ?? ''];
  });

const maxAgeSchema = z
  .string('expected a duration such as 24h')
  .pipe(durationSchema);
export const portSchema = z.number().int().min(0).max(65535);
export const pathSchema = z.string().min(1);
/** `10.0.0.1` or `10.0.0.0/8`. */
const addressRangeSchema = z
  .string()
  .refine(
    text => (text.includes('/') ? ipaddr.isValidCIDR : ipaddr.isValid)(text),
    'expected an address, or a range like 10.0.0.0/8',
  );

/** How an API server is reached, and as whom. */
const clusterAccessFields = {
  kubeconfig: pathSchema.optional(),
  context: z.string().optional(),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
  caFile: pathSchema.optional(),
  tokenFile: pathSchema.optional(),
  certFile: pathSchema.optional(),
  keyFile: pathSchema.optional(),
};

const clusterAccessSchema = z.object(clusterAccessFields);

/** How an API server is reached, and as whom. */
export type ClusterAccess = z.infer<typeof clusterAccessSchema>;

/** `/clusters/<name>` in the proxy's URL; a DNS subdomain name. */
const clusterNameSchema = z
  .string()
  .max(253)
  .regex(
    /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
    'expected letters, digits, "-", "_" and "."',
  );

/** @param ways - the settings of which there must be one alone */
function requireOneWay(
  cluster: ClusterAccess & { tunnel?: object },
  context: z.RefinementCtx,
  ways: ('kubeconfig' | 'endpoint' | 'tunnel')[],
): void {
  const given = ways.filter(way => cluster[way]);
  if (given.length !== 1) {
    const list = (items: string[]) =>
      `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]}`;
    context.addIssue(
      given.length > 1
        ? `needs either ${list(given)}, not both`
        : `needs either ${list(ways)}`,
    );
  }
  if (!cluster.certFile !== !cluster.keyFile) {
    context.addIssue('certFile and keyFile belong together');
  }
}

/** A cluster that a tunnel agent reaches. */
export const reachedClusterSchema = z
  .strictObject({ name: clusterNameSchema, ...clusterAccessFields })
  .superRefine((cluster, context) =>
    requireOneWay(cluster, context, ['kubeconfig', 'endpoint']),
  );

export const clusterSchema = z
  .strictObject({
    name: clusterNameSchema,
    tags: z.record(z.string(), z.string()).default({}),
    ...clusterAccessFields,
    /** Calls go through a tunnel agent, which has the address and the credential. */
    tunnel: z
      .strictObject({
        /** An agent must have all of them. */
        tags: tunnelTagsSchema.refine(
          tags => Object.keys(tags).length > 0,
          'expected at least one tag',
        ),
      })
      .optional(),
    audit: z
      .strictObject({
        /** Calls with other verbs pass unrecorded; sessions are always recorded. */
        verbs: z
          .union(
            [z.literal('all'), z.array(z.enum(KUBERNETES_VERBS))],
            `expected all, or a list of ${KUBERNETES_VERBS.join(', ')}`,
          )
          .default('all'),
        bodies: z.boolean().default(true),
        recordings: z.boolean().default(true),
        /**
         * What happens to calls when the spool cannot be written. `strict`:
         * they are refused. `best-effort`: they pass, and what was not
         * recorded is counted; attempts are not waited for until they are
         * on the disk. Sessions are strict in any case.
         */
        durability: z.enum(['strict', 'best-effort']).default('strict'),
      })
      .prefault({}),
  })
  .superRefine((cluster, context) => {
    requireOneWay(cluster, context, ['kubeconfig', 'endpoint', 'tunnel']);
    if (cluster.tunnel) {
      for (const key of [
        'caFile',
        'tokenFile',
        'certFile',
        'context',
      ] as const) {
        if (cluster[key]) {
          context.addIssue({
            code: 'custom',
            path: [key],
            message: 'the tunnel agent has it, not the proxy',
          });
        }
      }
    }
  });

export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return (
    address === 'localhost' ||
    (ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback')
  );
}

/** Users send their credentials here: in clear only over loopback, or where somebody has asked for it. */
function refusePlainHttp(
  server: {
    host: string;
    plainHttp: boolean;
    publicUrl?: string;
    tls?: object;
  },
  context: z.RefinementCtx,
): void {
  const { host, plainHttp, publicUrl, tls } = server;
  if (plainHttp && tls) {
    context.addIssue('needs either tls or plainHttp: true, not both');
  }
  if (plainHttp) {
    return;
  }
  if (!tls && !isLoopback(host)) {
    context.addIssue(
      'needs tls: without it the credentials of users cross the network in clear. When a balancer in front ends TLS, set plainHttp: true',
    );
  }
  if (
    publicUrl?.startsWith('http:') &&
    !isLoopback(new URL(publicUrl).hostname)
  ) {
    context.addIssue({
      code: 'custom',
      path: ['publicUrl'],
      message:
        'users would send their credentials in clear: begin it with https:, or set plainHttp: true',
    });
  }
}

/** The configuration of `kubernetes-audit-agent proxy`. */
export const proxyConfigSchema = z.strictObject({
  agentId: z.string().min(1).max(253),
  /** Spool, recordings and the cached policy live here. */
  stateDirectory: pathSchema,
  /** Processes that serve, one for each core that the proxy may use. */
  workers: z.number().int().min(1).max(64).default(1),
  /** The audience of the credentials that this proxy accepts. */
  proxyGroup: z.string().min(1).default(DEFAULT_PROXY_GROUP),
  portal: z
    .strictObject({
      /** URL of the backend plugin: `https://portal.example.com/api/kubernetes-audit`. */
      url: z.url({ protocol: /^https?$/ }),
      token: z.string().min(8).optional(),
      tokenFile: pathSchema.optional(),
      caFile: pathSchema.optional(),
      /** An HTTP proxy on the way; without, the one that `HTTPS_PROXY` and `NO_PROXY` name. */
      httpProxy: z.url({ protocol: /^http$/ }).optional(),
      /** JWK thumbprints (RFC 7638, SHA-256) of the keys that may sign the first policy; without, the first one seen is pinned. */
      trustAnchors: z.array(z.string().min(1)).optional(),
    })
    .superRefine((portal, context) => {
      if (!portal.token === !portal.tokenFile) {
        context.addIssue(
          portal.token
            ? 'needs either token or tokenFile, not both'
            : 'needs either token or tokenFile',
        );
      }
    }),
  server: z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0'),
      port: portSchema.default(6443),
      /** Listens without TLS on a network: for a balancer in front that ends TLS. */
      plainHttp: z.boolean().default(false),
      /** What kubeconfigs name. */
      publicUrl: z.url({ protocol: /^https?$/ }).optional(),
      tls: z
        .strictObject({
          certFile: pathSchema,
          keyFile: pathSchema,
          /** Embedded in kubeconfigs; leave out when a public CA signed. */
          caFile: pathSchema.optional(),
        })
        .optional(),
      /** Addresses of balancers whose `X-Forwarded-For` is believed. */
      trustedProxies: z.array(addressRangeSchema).default([]),
      /** Each connection comes from one of them and begins with a PROXY protocol header, v1 or v2; others are closed. */
      proxyProtocol: z.boolean().default(false),
    })
    .refine(
      server => !server.proxyProtocol || server.trustedProxies.length > 0,
      {
        message: 'proxyProtocol needs the balancers in trustedProxies',
        path: ['proxyProtocol'],
      },
    )
    .superRefine(refusePlainHttp)
    .prefault({}),
  policy: z
    .strictObject({
      /** A policy that the portal has not confirmed for longer closes the proxy. */
      maxAge: maxAgeSchema.default('24h'),
      /** While this file exists, an older policy counts all the same; each call then says so in its message. */
      breakGlassFile: pathSchema.optional(),
    })
    .prefault({}),
  admin: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: portSchema.default(9443),
    })
    .prefault({}),
  clusters: z
    .array(clusterSchema)
    .min(1)
    .superRefine((clusters, context) => {
      const seen = new Set<string>();
      clusters.forEach((cluster, index) => {
        if (seen.has(cluster.name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `another cluster is named ${cluster.name}`,
          });
        }
        seen.add(cluster.name);
      });
    }),
  /** On each worker; beyond them calls are refused with 429. */
  limits: z
    .strictObject({
      /** Of one user. */
      perSecond: z.number().positive().default(200),
      burst: z.number().int().positive().default(1000),
      /** Sessions of one user at once. */
      sessionsPerUser: z.number().int().positive().default(50),
      /** Calls without a valid credential, of one client address; five seconds' worth at once. */
      unauthenticatedPerSecond: z.number().positive().default(20),
    })
    .prefault({}),
  audit: z
    .strictObject({
      /** A longer body is not parsed as a whole: of JSON its redacted beginning is recorded, of others type and length. */
      maxParsedBody: sizeSchema.default(3 * MEBIBYTE),
    })
    .prefault({}),
  spool: z
    .strictObject({
      /** Beyond it the proxy closes for new requests. */
      maxBytes: sizeSchema.default(5 * 1024 * MEBIBYTE),
    })
    .prefault({}),
  recordings: z
    .strictObject({
      /** Of all that wait for the portal; beyond it no session goes on. */
      maxBytes: sizeSchema.default(20 * 1024 * MEBIBYTE),
      /** Of one session, uncompressed; beyond it that session ends. */
      maxSessionBytes: sizeSchema.default(4 * 1024 * MEBIBYTE),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    })
    .prefault({}),
});

/** The configuration of the proxy, with defaults filled in and paths absolute. */
export type ProxyConfig = z.infer<typeof proxyConfigSchema>;

/** One cluster of {@link ProxyConfig}. */
export type ClusterConfig = ProxyConfig['clusters'][number];
