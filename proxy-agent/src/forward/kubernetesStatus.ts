import type { ServerResponse } from 'node:http';

/** How long an error's body is waited for before its outcome is written, in milliseconds. */
export const STATUS_WAIT_MS = 2000;

/**
 * `v1.Status` reasons that the proxy uses, as the API server does. There is
 * none for 502: for a status from 500 on that has no reason of its own the API
 * machinery says `InternalError` (`NewGenericServerResponse`), and so do we.
 * `ServiceUnavailable` belongs to 503, which is to be tried again.
 */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'TooManyRequests'
  | 'ServiceUnavailable'
  | 'InternalError';

/** An answer of the proxy's own: kubectl prints it as it prints the API server's. */
export type Refusal = {
  code: number;
  reason: StatusReason;
  message: string;
};

/** The body of a refusal. */
export function statusBody({ code, reason, message }: Refusal): string {
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}

/** Answers with a refusal, if nothing was answered yet. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = statusBody(refusal);
  response.writeHead(refusal.code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(refusal.code === 401 && { 'www-authenticate': 'Bearer' }),
    ...([429, 503].includes(refusal.code) && { 'retry-after': '1' }),
  });
  response.end(body);
}
