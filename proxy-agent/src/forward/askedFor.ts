import type { IncomingMessage } from 'node:http';
import type { RequestedImpersonation } from 'backstage-plugin-kubernetes-audit-common';
import {
  InvalidRequestUrlError,
  parseRequestInfo,
  RequestInfo,
} from '../request';
import { requestedImpersonation } from './requestedImpersonation';
import { unacceptable } from './unacceptable';

/** What a request asks for, and as whom; or why it is not taken whoever sends it, in words for a user. */
export type AskedFor =
  | { info: RequestInfo; requested: RequestedImpersonation }
  | { objection: string };

/** @param url - path and query below the cluster's prefix */
export function askedFor(request: IncomingMessage, url: string): AskedFor {
  let info;
  try {
    info = parseRequestInfo(request.method ?? '', url);
  } catch (error) {
    if (error instanceof InvalidRequestUrlError) {
      return { objection: error.message };
    }
    throw error;
  }
  const requested = requestedImpersonation(request.rawHeaders);
  const objection = unacceptable(request, info, requested);
  return objection === undefined ? { info, requested } : { objection };
}
