import type { IncomingMessage } from 'node:http';
import type { RequestedImpersonation } from 'backstage-plugin-kubernetes-audit-common';
import {
  execParameters,
  RequestInfo,
  resourceLabel,
  sessionKind,
} from '../request';

/** Header lines that a request may have. */
const MAX_HEADERS = 1000;
/** Groups that a request may ask for with `--as-group`. */
const MAX_GROUPS = 256;
/** The longest name, in UTF-16 code units; those of Kubernetes have 253 at the most. */
const MAX_NAME_LENGTH = 1024;

/**
 * Why a request is not taken whoever sends it, in words for a user: it is not
 * of HTTP/1, or has more than an audit row can hold. A call that cannot be
 * told must not pass.
 */
export function unacceptable(
  request: IncomingMessage,
  info: RequestInfo,
  requested: RequestedImpersonation,
): string | undefined {
  if (request.httpVersionMajor !== 1) {
    return 'only HTTP 1.0 and 1.1 are spoken here';
  }
  if (request.method === 'TRACE') {
    return 'TRACE is not passed on: it would tell the credential of the proxy';
  }
  if (request.rawHeaders.length / 2 > MAX_HEADERS) {
    return `a request has ${MAX_HEADERS} header lines at the most`;
  }
  if (requested.groups.length > MAX_GROUPS) {
    return `--as-group names ${MAX_GROUPS} groups at the most`;
  }
  const names = [
    info.apiGroup,
    info.apiVersion,
    info.namespace,
    resourceLabel(info),
    info.name,
    // A recording names it.
    sessionKind(info) ? execParameters(request.url ?? '').container : '',
    requested.user ?? '',
    ...requested.groups,
  ];
  return names.some(name => name.length > MAX_NAME_LENGTH)
    ? `a name has ${MAX_NAME_LENGTH} characters at the most`
    : undefined;
}
