import { hasFields } from './hasFields';

const GROUP = 'client.authentication.k8s.io';
const VERSIONS = [`${GROUP}/v1`, `${GROUP}/v1beta1`];

/**
 * The version that kubectl asks for, `client.authentication.k8s.io/v1` when it
 * does not say.
 *
 * @param execInfo - `KUBERNETES_EXEC_INFO`
 * @throws Error when it cannot be read, or asks for a version that there was not
 */
export function execApiVersion(execInfo: string | undefined): string {
  if (!execInfo) {
    return VERSIONS[0];
  }
  const asked: unknown = JSON.parse(execInfo);
  if (!hasFields(asked, { apiVersion: 'string' })) {
    throw new Error('KUBERNETES_EXEC_INFO names no apiVersion');
  }
  const { apiVersion } = asked;
  if (!VERSIONS.includes(apiVersion)) {
    throw new Error(
      `kubectl asks for ${apiVersion}; known are ${VERSIONS.join(', ')}`,
    );
  }
  return apiVersion;
}

/** An `ExecCredential` as JSON; from the time on kubectl asks anew. */
export function writeExecCredential(options: {
  apiVersion: string;
  token: string;
  /** Milliseconds since 1970. */
  askAnewAt: number;
}): string {
  const { apiVersion, token, askAnewAt } = options;
  return JSON.stringify({
    apiVersion,
    kind: 'ExecCredential',
    status: {
      token,
      expirationTimestamp: new Date(askAnewAt)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
    },
  });
}
