import { z } from 'zod';
import { durationSchema } from 'backstage-plugin-kubernetes-audit-common';
import {
  isLoopback,
  pathSchema,
  portSchema,
  reachedClusterSchema,
} from './ProxyConfig';

const proxySchema = z
  .strictObject({
    /** Where the proxy listens: `https://proxy.example.com:6443`. Its name may have several addresses. */
    url: z.url({ protocol: /^https?$/ }),
    /** The authority that signed the proxy's certificate. */
    caFile: pathSchema.optional(),
    /** The name in the proxy's certificate, when it is not the URL's. */
    serverName: z.string().min(1).optional(),
  })
  .superRefine(({ url }, context) => {
    if (url.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message:
          'what users send and get would cross the network in clear: begin it with https:',
      });
    }
  });

/** The configuration of `kubernetes-audit-agent tunnel`. */
export const tunnelConfigSchema = z
  .strictObject({
    /** The agent's key lives here, and the name that it has joined with. */
    stateDirectory: pathSchema,
    /** The agent keeps a connection to each. */
    proxies: z.array(proxySchema).min(1),
    /** Needed until the agent has joined. */
    joinToken: z.string().min(1).optional(),
    joinTokenFile: pathSchema.optional(),
    /** An HTTP proxy on the way; without, the one that `HTTPS_PROXY` and `NO_PROXY` name. */
    httpProxy: z.url({ protocol: /^http$/ }).optional(),
    /** What the agent may reach: nothing else, whatever a proxy asks for. */
    clusters: z
      .array(reachedClusterSchema)
      .min(1)
      .superRefine((clusters, context) => {
        clusters.forEach(({ name }, index) => {
          if (clusters.findIndex(other => other.name === name) < index) {
            context.addIssue({
              code: 'custom',
              path: [index, 'name'],
              message: `another cluster is named ${name}`,
            });
          }
        });
      }),
    /** How long calls and sessions have to end when the agent stops; new ones go to other agents meanwhile. */
    drainTimeout: z
      .string('expected a duration such as 30s')
      .pipe(durationSchema)
      .default('30s'),
    admin: z
      .strictObject({
        host: z.string().default('127.0.0.1'),
        port: portSchema.default(9444),
      })
      .prefault({}),
    log: z
      .strictObject({
        level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      })
      .prefault({}),
  })
  .refine(config => !config.joinToken || !config.joinTokenFile, {
    message: 'needs either joinToken or joinTokenFile, not both',
    path: ['joinToken'],
  });

/** The configuration of the tunnel agent, with defaults filled in and paths absolute. */
export type TunnelConfig = z.infer<typeof tunnelConfigSchema>;
