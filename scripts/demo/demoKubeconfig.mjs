import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { CommandError } from '../bootstrap/CommandError.mjs';

const FALLBACK_NAME = 'demo';

/**
 * The name under which a kubeconfig's current cluster is announced: that of
 * the cluster in its context, as far as it fits into a URL.
 *
 * @param {string} file
 * @returns {string}
 */
export function clusterNameOf(file) {
  if (!existsSync(file)) {
    throw new CommandError(`DEMO_KUBECONFIG: there is no file ${file}.`);
  }
  const kubeconfig = parse(readFileSync(file, 'utf8'));
  /** @type {{ name: string, context: { cluster: string } } | undefined} */
  const context = kubeconfig?.contexts?.find(
    (/** @type {{ name: string }} */ { name }) =>
      name === kubeconfig['current-context'],
  );
  if (!context) {
    throw new CommandError(
      `DEMO_KUBECONFIG: ${file} has no current context.`,
      'kubectl config use-context sets it.',
    );
  }
  const name = String(context.context?.cluster ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name || FALLBACK_NAME;
}

/**
 * The kubeconfig with which the proxy reaches a cluster by a token.
 *
 * @param {object} options
 * @param {string} options.server
 * @param {string} options.caFile
 * @param {string} options.token
 */
export function tokenKubeconfig({ server, caFile, token }) {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': FALLBACK_NAME,
    clusters: [
      {
        name: FALLBACK_NAME,
        cluster: { server, 'certificate-authority': caFile },
      },
    ],
    users: [{ name: 'audit-proxy', user: { token } }],
    contexts: [
      {
        name: FALLBACK_NAME,
        context: { cluster: FALLBACK_NAME, user: 'audit-proxy' },
      },
    ],
  });
}

/**
 * The portal's kubeconfig, made ready for the demo: the given cluster's
 * context is the current one, in a namespace where there is something to see.
 *
 * @param {string} kubeconfig
 * @param {string} clusterName
 * @param {string} namespace
 */
export function inNamespace(kubeconfig, clusterName, namespace) {
  const content = parse(kubeconfig);
  for (const { context } of content.contexts) context.namespace = namespace;
  return stringify({ ...content, 'current-context': clusterName });
}
