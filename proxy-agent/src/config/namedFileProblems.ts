import { createSecureContext } from 'node:tls';
import type { ConfigProblem } from './ConfigError';
import { readClusterConnection } from './kubeconfig';
import type { ProxyConfig } from './ProxyConfig';
import type { TrackedFiles } from './TrackedFiles';

/**
 * What is wrong with the files that a configuration names: kubeconfigs,
 * certificates and keys. Token files are left out: they are read when they are
 * needed, and may appear later.
 */
export function namedFileProblems(
  config: ProxyConfig,
  files: TrackedFiles,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const attempt = (path: string, read: () => void) => {
    try {
      read();
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      problems.push({ path, message, isMissingFile: code === 'ENOENT' });
    }
  };
  config.clusters.forEach((cluster, index) =>
    attempt(`clusters.${index}`, () => {
      const connection = readClusterConnection(cluster, file =>
        files.read(file),
      );
      createSecureContext({
        ca: connection.certificateAuthority,
        cert: connection.clientCertificate,
        key: connection.clientKey,
      });
    }),
  );
  const { tls } = config.server;
  if (tls) {
    attempt('server.tls', () =>
      createSecureContext({
        cert: files.read(tls.certFile),
        key: files.read(tls.keyFile),
        ca: tls.caFile && files.read(tls.caFile),
      }),
    );
  }
  const { caFile } = config.portal;
  if (caFile) {
    attempt('portal.caFile', () =>
      createSecureContext({ ca: files.read(caFile) }),
    );
  }
  return problems;
}
