import { join, relative } from 'node:path';
import { REPOSITORY } from '../bootstrap/repository.mjs';

/**
 * What the user sees when everything runs.
 *
 * @param {import('./settings.mjs').DemoSettings} settings
 * @param {string} clusterName
 */
export function readyMessage(settings, clusterName) {
  const { directory, backendUrl, proxyUrl, proxyAdminUrl } = settings;
  const kubeconfig = join(directory, 'kubeconfig');
  const shown = relative(REPOSITORY, kubeconfig);
  const kubectl = `kubectl --kubeconfig ${
    shown.startsWith('..') ? kubeconfig : shown
  }`;
  const pod = settings.kubeconfig
    ? `$(${kubectl} get pods --output name | head -n 1)`
    : 'web';
  return `
READY

  Portal             ${backendUrl}  (sign in as guest)
    Requests         ${backendUrl}/admin/audit/kubernetes/requests
    Recordings       ${backendUrl}/admin/audit/kubernetes/recordings
    Access           ${backendUrl}/kubernetes-access
  Proxy              ${proxyUrl}/clusters/${clusterName}
    Health, metrics  ${proxyAdminUrl}/readyz, /metrics
  Logs and state     ${directory}

Try, from the repository's folder:

  ${kubectl} get pods
  ${kubectl} logs ${pod} --all-containers --tail 3
  ${kubectl} exec ${pod} -- sh -c 'echo hello; date'

A shell (exec -it ${pod} -- sh) becomes a recording to play. Ctrl-C ends the demo.
`;
}
