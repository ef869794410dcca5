import type { AgentStatus } from 'backstage-plugin-kubernetes-audit-common';

/** The file that the token is kept in, beside the configuration. */
const TOKEN_FILE = 'join-token';
/** The file of the authorities that signed the proxies' certificates. */
const AUTHORITY_FILE = 'proxy-ca.pem';
/** Stands for a proxy while none has told where it is. */
const UNKNOWN_PROXY = 'https://kubernetes.example.com:6443';

/** Of examples/kubernetes: the release, its namespace, and the Secret of the tokens. */
const NAMESPACE = 'kubernetes-audit';
const RELEASE = 'kubernetes-audit';
const SECRET = 'kubernetes-audit-tunnel-join-token';
/** Where the chart mounts that Secret. */
const SECRET_DIRECTORY = '/etc/kubernetes-audit/join-token';
/** The first pod of the chart's StatefulSet, which finds its token by its own name. */
const FIRST_POD = `${RELEASE}-tunnel-0`;
const SERVICE_ACCOUNT_DIRECTORY =
  '/var/run/secrets/kubernetes.io/serviceaccount';

/** A file with what belongs into it. */
export type NamedText = { name: string; text: string };

/** How a tunnel agent is started. */
export type TunnelAgentFiles = {
  /** Takes the token from the keyboard: it would stay in the shell's history otherwise. */
  keepToken: string;
  /** Absent when public authorities signed. */
  authority: NamedText | undefined;
  machine: { config: NamedText; check: string; start: string };
  kubernetes: {
    createNamespace: string;
    createSecret: string;
    values: NamedText;
    install: string;
  };
};

type Proxy = Pick<
  AgentStatus,
  'publicUrl' | 'certificateAuthority' | 'tunnels'
>;

/**
 * What starts an agent that joins with a token.
 *
 * @param clusters - names, with globs, as the token has them
 * @param proxies - as they tell of themselves
 */
export function tunnelAgentFiles(
  clusters: readonly string[],
  proxies: readonly Proxy[],
): TunnelAgentFiles {
  const authorities = new Map<string, string | undefined>();
  for (const { publicUrl, certificateAuthority, tunnels } of proxies) {
    // One that says nothing of tunnels is too old for them.
    if (publicUrl && tunnels && !authorities.has(publicUrl)) {
      authorities.set(publicUrl, certificateAuthority?.trim());
    }
  }
  if (authorities.size === 0) {
    authorities.set(UNKNOWN_PROXY, undefined);
  }
  const certificates = [...new Set(authorities.values())].filter(Boolean);
  const proxiesWith = (authorityFile: string) =>
    [...authorities].flatMap(([url, authority]) => [
      `  - url: ${yamlText(url)}`,
      ...(authority ? [`    caFile: ${authorityFile}`] : []),
    ]);

  const config = [
    'stateDirectory: state',
    `joinTokenFile: ${TOKEN_FILE}`,
    'proxies:',
    ...proxiesWith(AUTHORITY_FILE),
    'clusters:',
    ...clusters.flatMap(name => [
      `  - name: ${yamlText(name)}`,
      `    kubeconfig: ${yamlText(`${fileNameOf(name)}.kubeconfig`)}`,
    ]),
  ];
  const values = [
    'proxy: { enabled: false }',
    'tunnel:',
    '  enabled: true',
    '  replicas: 1',
    '  proxies:',
    ...[...authorities.keys()].map(url => `    - ${yamlText(url)}`),
    ...(certificates.length > 0
      ? [
          '  config:',
          '    proxies:',
          ...proxiesWith(`${SECRET_DIRECTORY}/${AUTHORITY_FILE}`).map(
            line => `    ${line}`,
          ),
        ]
      : []),
    'clusters:',
    // The one that the agent runs in.
    `  - name: ${yamlText(clusters[0])}`,
    '    endpoint: https://kubernetes.default.svc',
    `    caFile: ${SERVICE_ACCOUNT_DIRECTORY}/ca.crt`,
    `    tokenFile: ${SERVICE_ACCOUNT_DIRECTORY}/token`,
  ];
  const secretFiles = [
    `--from-file=${FIRST_POD}=${TOKEN_FILE}`,
    ...(certificates.length > 0 ? [`--from-file=${AUTHORITY_FILE}`] : []),
  ];
  return {
    keepToken: `install -m 600 /dev/stdin ${TOKEN_FILE}`,
    authority:
      certificates.length > 0
        ? { name: AUTHORITY_FILE, text: fileText(certificates) }
        : undefined,
    machine: {
      config: { name: 'tunnel.yaml', text: fileText(config) },
      check: 'kubernetes-audit-agent check --config tunnel.yaml',
      start: 'kubernetes-audit-agent tunnel --config tunnel.yaml',
    },
    kubernetes: {
      createNamespace: `kubectl create namespace ${NAMESPACE}`,
      createSecret: `kubectl -n ${NAMESPACE} create secret generic ${SECRET} ${secretFiles.join(
        ' ',
      )}`,
      values: { name: 'values.yaml', text: fileText(values) },
      install: `helm install ${RELEASE} ./helm/kubernetes-audit-agent --namespace ${NAMESPACE} --values values.yaml`,
    },
  };
}

/**
 * What a proxy's configuration says of the clusters, for calls to take agents
 * that joined with a token.
 *
 * @param clusters - names, with globs, as the token has them
 * @param tags - of the token
 */
export function proxyClusterEntries(
  clusters: readonly string[],
  tags: Readonly<Record<string, string>>,
): NamedText {
  const selected = Object.entries(tags).map(
    ([key, value]) => `${yamlText(key)}: ${yamlText(value)}`,
  );
  const lines = clusters.flatMap(name => [
    `  - name: ${yamlText(name)}`,
    `    tunnel: { tags: { ${selected.join(', ')} } }`,
  ]);
  return { name: 'proxy.yaml', text: fileText(['clusters:', ...lines]) };
}

function fileText(lines: readonly (string | undefined)[]): string {
  return `${lines.join('\n')}\n`;
}

/** Quoted where YAML would take it for something else than a text. */
function yamlText(text: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9._/:-]*[A-Za-z0-9]$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function fileNameOf(cluster: string): string {
  return cluster.replace(/[^A-Za-z0-9._-]+/g, '') || 'cluster';
}
