import { createHash, timingSafeEqual } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { StatusError } from './StatusError';

/** Who a request counts as, after impersonation. */
export interface Identity {
  readonly userName: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, string[]>>;
}

const AUTHENTICATED = 'system:authenticated';
const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * Knows one bearer token: that of the proxy, which may impersonate anybody.
 * Throws a 401 for any other, and a 400 for groups without a user.
 */
export function authenticate(
  request: IncomingMessage,
  token: string,
): Identity {
  const presented = /^Bearer +(\S+)$/i.exec(
    request.headers.authorization ?? '',
  )?.[1];
  if (!presented || !timingSafeEqual(digest(presented), digest(token))) {
    throw StatusError.create(401, 'Unauthorized', 'Unauthorized');
  }
  return impersonated(request);
}

function impersonated(request: IncomingMessage): Identity {
  // Not `headers`: it joins repeated lines, and a group may contain a comma.
  const lines = request.headersDistinct;
  const userName = lines['impersonate-user']?.[0];
  const groups = lines['impersonate-group'] ?? [];
  const extra: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(lines)) {
    if (name.startsWith(EXTRA_PREFIX)) {
      extra[decoded(name.slice(EXTRA_PREFIX.length))] = values ?? [];
    }
  }
  if (userName === undefined) {
    if (groups.length > 0 || Object.keys(extra).length > 0) {
      throw StatusError.badRequest(
        'requested groups or extra values without impersonating a user',
      );
    }
    return { userName: 'audit-proxy', groups: [AUTHENTICATED], extra };
  }
  return {
    userName,
    uid: lines['impersonate-uid']?.[0],
    groups: [...new Set([...groups, AUTHENTICATED])],
    extra,
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
