const NOT_TRUSTED =
  'its certificate was signed by an authority that is not trusted';
const BROKEN = 'the connection broke';
const NO_ROUTE = 'there is no route to it';
const NOT_TLS = 'it does not speak TLS';

/** Codes of errors of a stream whose tunnel broke, or whose agent has given it up. */
export const BROKEN_TUNNEL = [
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_GOAWAY_SESSION',
];

/** What errors of connections mean, by their code, in words for a user. */
const MEANINGS: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  CERT_SIGNATURE_FAILURE: NOT_TRUSTED,
  CERT_UNTRUSTED: NOT_TRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  ERR_SSL_WRONG_VERSION_NUMBER: NOT_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NOT_TLS,
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  ERR_HTTP_CONNECTION_ENDED: BROKEN,
  ...Object.fromEntries(BROKEN_TUNNEL.map(code => [code, BROKEN])),
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ENOTFOUND: 'its host name is not known to the DNS',
  EAI_AGAIN: 'the DNS does not answer for its host name',
};

/** A TLS alert by which a server refuses the certificate of its client. */
const CERTIFICATE_REFUSED = /^ERR_SSL_.*ALERT.*(?:CERTIFICATE|UNKNOWN_CA)/;

function describeError(error: Error & { code?: string }): string {
  if (error instanceof AggregateError) {
    // Of a host with several addresses each attempt has its own error.
    return [...new Set(error.errors.map(describeError))].join('; ');
  }
  const code = error.code ?? '';
  if (CERTIFICATE_REFUSED.test(code)) {
    return 'it does not accept the client certificate that it was shown';
  }
  return MEANINGS[code] ?? error.message;
}

/**
 * Why an API server gave no answer, for the audit and for the user: not in the
 * words of Node, which are for who runs the proxy and stand in its log. It may
 * be a tunnel agent that says it.
 */
export function upstreamFailure(
  clusterName: string,
  error: Error,
  /** Whether the request was sent, or a part of it, and whether it would change something. */
  call: { sent: boolean; changing: boolean },
): string {
  const server = `the API server of cluster "${clusterName}"`;
  if (!call.sent) {
    return `${server} cannot be reached: ${describeError(error)}`;
  }
  const doubt = call.changing ? ', but may have carried out the call' : '';
  return `${server} did not answer${doubt}: ${describeError(error)}`;
}
