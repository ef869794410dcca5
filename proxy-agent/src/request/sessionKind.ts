import { RequestInfo } from './RequestInfo';

/** The interactive uses of a pod that are recorded or audited as sessions. */
export type SessionKind = 'exec' | 'attach' | 'portforward';

const SESSION_KINDS: readonly SessionKind[] = ['exec', 'attach', 'portforward'];

/** Which session a request opens, if any: a subresource of the core pods. */
export function sessionKind(info: RequestInfo): SessionKind | undefined {
  if (
    !info.isResourceRequest ||
    info.apiGroup !== '' ||
    info.resource !== 'pods'
  ) {
    return undefined;
  }
  return SESSION_KINDS.find(kind => kind === info.subresource);
}

/** Whether a request opens a session. */
export function isSessionRequest(info: RequestInfo): boolean {
  return sessionKind(info) !== undefined;
}

/**
 * The verb to authorize and to audit: sessions are `create` whatever HTTP
 * method carries them (SPDY comes by POST, WebSocket by GET).
 */
export function authorizationVerb(info: RequestInfo): string {
  return isSessionRequest(info) ? 'create' : info.verb;
}
