import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { describeIssue } from './describeIssue';
import { describeYamlError } from './describeYamlError';
import type { ClusterAccess } from './ProxyConfig';

/** How a cluster is reached and as whom: the proxy's own identity. */
export type ClusterConnection = {
  /** URL of the API server, without a trailing slash. */
  endpoint: string;
  /** PEM; absent to trust the system's roots. */
  certificateAuthority?: string;
  /** Name to verify in the server's certificate when it is not the URL's. */
  serverName?: string;
  skipTlsVerify?: boolean;
  /** Read again when it changes: service-account tokens rotate. */
  tokenFile?: string;
  token?: string;
  clientCertificate?: string;
  clientKey?: string;
};

type ReadFile = (file: string) => string;

const kubeconfigSchema = z.object({
  'current-context': z.string().optional(),
  contexts: z.array(
    z.object({
      name: z.string(),
      context: z.object({ cluster: z.string(), user: z.string() }),
    }),
  ),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.url(),
        'certificate-authority': z.string().optional(),
        'certificate-authority-data': z.string().optional(),
        'tls-server-name': z.string().optional(),
        'insecure-skip-tls-verify': z.boolean().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z
        .object({
          token: z.string().optional(),
          tokenFile: z.string().optional(),
          'client-certificate': z.string().optional(),
          'client-certificate-data': z.string().optional(),
          'client-key': z.string().optional(),
          'client-key-data': z.string().optional(),
        })
        .loose(),
    }),
  ),
});

/**
 * The connection that a cluster's configuration describes.
 *
 * @throws Error when a file cannot be read or the kubeconfig lacks something
 */
export function readClusterConnection(
  cluster: ClusterAccess,
  readFile: ReadFile = file => readFileSync(file, 'utf8'),
): ClusterConnection {
  if (cluster.kubeconfig) {
    return fromKubeconfig(cluster.kubeconfig, cluster.context, readFile);
  }
  const read = (file: string | undefined) =>
    file === undefined ? undefined : readFile(file);
  return {
    endpoint: (cluster.endpoint ?? '').replace(/\/$/, ''),
    certificateAuthority: read(cluster.caFile),
    tokenFile: cluster.tokenFile,
    clientCertificate: read(cluster.certFile),
    clientKey: read(cluster.keyFile),
  };
}

function fromKubeconfig(
  file: string,
  contextName: string | undefined,
  readFile: ReadFile,
): ClusterConnection {
  const values = parseYaml(file, readFile(file));
  const parsed = kubeconfigSchema.safeParse(values);
  if (!parsed.success) {
    const [{ path, message }] = describeIssue(parsed.error.issues[0], values);
    throw new Error(
      [`${file} is no kubeconfig`, path.join('.'), message]
        .filter(Boolean)
        .join(': '),
    );
  }
  const kubeconfig = parsed.data;
  const wanted = contextName ?? kubeconfig['current-context'];
  const context = kubeconfig.contexts.find(({ name }) => name === wanted);
  const cluster = kubeconfig.clusters.find(
    ({ name }) => name === context?.context.cluster,
  )?.cluster;
  const user = kubeconfig.users.find(
    ({ name }) => name === context?.context.user,
  )?.user;
  if (!cluster || !user) {
    throw new Error(`${file} has no complete context ${wanted ?? ''}`);
  }
  if (user.exec || user['auth-provider']) {
    throw new Error(
      `${file}: credential plugins are not supported; use a token file or a client certificate`,
    );
  }
  const path = (value: string) => resolve(dirname(file), value);
  const content = (inline: string | undefined, reference?: string) => {
    if (inline) {
      return Buffer.from(inline, 'base64').toString('utf8');
    }
    return reference ? readFile(path(reference)) : undefined;
  };
  return {
    endpoint: cluster.server.replace(/\/$/, ''),
    certificateAuthority: content(
      cluster['certificate-authority-data'],
      cluster['certificate-authority'],
    ),
    serverName: cluster['tls-server-name'],
    skipTlsVerify: cluster['insecure-skip-tls-verify'],
    token: user.token,
    tokenFile: user.tokenFile && path(user.tokenFile),
    clientCertificate: content(
      user['client-certificate-data'],
      user['client-certificate'],
    ),
    clientKey: content(user['client-key-data'], user['client-key']),
  };
}

function parseYaml(file: string, text: string): unknown {
  const lineCounter = new LineCounter();
  try {
    return parse(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      // Else it writes what it finds odd to stderr, where a secret may stand.
      logLevel: 'error',
    });
  } catch (error) {
    throw new Error(
      error instanceof YAMLParseError
        ? `${file} is no kubeconfig: ${describeYamlError(error)} at line ${
            lineCounter.linePos(error.pos[0]).line
          }`
        : `${file} is no kubeconfig: what begins with * must be put in quotes, or name an anchor above it`,
    );
  }
}
