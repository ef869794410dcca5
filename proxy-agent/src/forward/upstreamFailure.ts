/** What an error of a connection says, in words for a user. */
function describeError(error: Error): string {
  // Of a host with several addresses each attempt has its own error.
  return error instanceof AggregateError
    ? error.errors.map(describeError).join('; ')
    : error.message;
}

/** Why an API server gave no answer, for the audit and for the user. */
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
